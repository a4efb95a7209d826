using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>How a mask decoder's runs come by the feature maps of their images.</summary>
internal interface IFeatureMapSource
{
    /// <summary>Allocates the maps' inputs where a run has a copy of its own.</summary>
    void AddInputs(BoundRun run, int images);

    /// <summary>Gives a run the maps of one image, or of each prompt's.</summary>
    /// <param name="run">What runs next.</param>
    /// <param name="prompts">Whose images: one, or all of the batch.</param>
    /// <param name="lent">Is told what the run reads where it lies.</param>
    void Fill(BoundRun run, IReadOnlyList<SamDecoderInput> prompts, BorrowedTensors lent);
}
