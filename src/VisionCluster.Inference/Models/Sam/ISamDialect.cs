using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>How an exporter names and shapes a mask decoder's inputs and outputs.</summary>
internal interface ISamDialect
{
    /// <summary>Output of the masks' predicted IoU.</summary>
    string ScoresOutput { get; }

    /// <summary>Output of the low-resolution logits.</summary>
    string LogitsOutput { get; }

    /// <summary>Whether a box and an earlier mask can be given.</summary>
    bool TakesBoxesAndMasks { get; }

    /// <summary>Height and width of an earlier mask's logits; zero where none can be given.</summary>
    (int Height, int Width) MaskInput { get; }

    /// <summary>Whether a prompt without a box needs a padding point (0, 0, -1); other graphs add their own.</summary>
    bool NeedsPaddingPoint { get; }

    /// <summary>Whether prompts of different images can share a run.</summary>
    bool Batches { get; }

    /// <summary>Allocates the inputs of a run but for the image embeddings.</summary>
    /// <param name="run">Receives the inputs.</param>
    /// <param name="batch">Prompts.</param>
    /// <param name="points">Points of each.</param>
    void AddInputs(BoundRun run, int batch, int points);

    /// <summary>Writes one prompt into the inputs.</summary>
    void Fill(BoundRun run, int item, SamDecoderInput prompt);
}
