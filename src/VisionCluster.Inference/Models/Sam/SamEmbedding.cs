using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Output of the image encoder for one image.</summary>
/// <param name="values"><c>[1, channels, height, width]</c>.</param>
/// <param name="shape">That shape.</param>
/// <param name="precision">How they are kept.</param>
internal sealed class SamEmbedding(float[] values, long[] shape, EmbeddingPrecision precision = EmbeddingPrecision.Full)
    : IImageEmbedding
{
    /// <summary>The numbers as they are kept.</summary>
    public FeatureTensor Features { get; } = new(values, precision);

    /// <summary>The numbers as float32; not to be changed.</summary>
    public float[] Values => Features.ToFloats();

    public long[] Shape { get; } = shape;

    public long Bytes => Features.Bytes;
}
