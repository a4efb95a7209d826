using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>Outputs of an image encoder that stay in the device's memory.</summary>
/// <param name="memory">That memory.</param>
/// <param name="names">The outputs.</param>
/// <param name="shapes">Their shapes, with 1 as the batch.</param>
/// <param name="precision">In what numbers they stay.</param>
internal sealed class ResidentOutputs(
    DeviceTensors memory, IReadOnlyList<string> names, IReadOnlyList<long[]> shapes, EmbeddingPrecision precision)
{
    public DeviceTensors Memory => memory;

    public IReadOnlyList<string> Names => names;

    public long[][] Shapes { get; } = [.. shapes];

    /// <summary>Outputs that come to the host beside them; they come first in what a run gives.</summary>
    public IReadOnlyList<string> OnHost { get; init; } = [];

    public TensorElementType Type { get; } = TypeOf(precision);

    public static TensorElementType TypeOf(EmbeddingPrecision precision) =>
        precision == EmbeddingPrecision.Half ? TensorElementType.Float16 : TensorElementType.Float;

    /// <summary>Memory for the outputs of a run, which writes them there.</summary>
    public ResidentBatch Bind(BoundRun run, int batch) => new(this, run, batch);
}
