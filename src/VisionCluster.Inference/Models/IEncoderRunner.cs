using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Models;

/// <summary>Runs an image encoder on prepared pictures.</summary>
internal interface IEncoderRunner : IBatchRunner<PixelTensor, EncodedImage>, IDisposable
{
    /// <summary>What stays on the device instead of coming to the host; null for nothing. Set before the first picture.</summary>
    ResidentOutputs? Resident { get; set; }
}
