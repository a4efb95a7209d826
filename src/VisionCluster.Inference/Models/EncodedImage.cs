using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>An image encoder's outputs for one image, in the order they were asked for.</summary>
/// <param name="Values">Numbers of each output; none where they stay on the device.</param>
/// <param name="Shapes">Shape of each output, with 1 as the batch.</param>
internal sealed record EncodedImage(float[][] Values, long[][] Shapes)
{
    /// <summary>The outputs that stay on the device; whoever takes the image owns them.</summary>
    public IReadOnlyList<DeviceTensor> OnDevice { get; init; } = [];
}
