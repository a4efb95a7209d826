using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>How an exporter names and shapes a mask decoder's inputs and outputs.</summary>
internal interface ISamDialect
{
    /// <summary>Output of the masks' predicted IoU.</summary>
    string ScoresOutput { get; }

    /// <summary>Output of the low-resolution logits.</summary>
    string LogitsOutput { get; }

    /// <summary>Whether a box can be given.</summary>
    bool TakesBoxes { get; }

    /// <summary>Height and width of an earlier mask's logits; null where none can be given.</summary>
    (int Height, int Width)? MaskInput { get; }

    /// <summary>Whether a prompt without a box needs a padding point (0, 0, -1); other graphs add their own.</summary>
    bool NeedsPaddingPoint { get; }

    /// <summary>Whether prompts of different images can share a run.</summary>
    bool Batches { get; }

    /// <summary>Whether the image, and no mask, may come once for all prompts of a run.</summary>
    bool SharesInputs => false;

    /// <summary>Prompts of one shape can share a run: how many points they have, a box's corners and padding counted.</summary>
    int ShapeOf(SamDecoderInput prompt) => prompt.Labels.Length;

    /// <summary>Allocates the inputs of a run but for the feature maps.</summary>
    /// <param name="run">Receives the inputs.</param>
    /// <param name="batch">Prompts.</param>
    /// <param name="shape">Shape of each.</param>
    /// <param name="withMasks">Whether any has an earlier mask; always where inputs are not shared.</param>
    void AddInputs(BoundRun run, int batch, int shape, bool withMasks);

    /// <summary>Writes one prompt into the inputs.</summary>
    void Fill(BoundRun run, int item, SamDecoderInput prompt, bool withMasks);
}
