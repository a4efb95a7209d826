using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Outputs of the image encoder for one image: one feature map of SAM, three of SAM 2.</summary>
internal sealed class SamEmbedding : IImageEmbedding
{
    /// <param name="values">Each map's numbers, the coarsest map first; taken over.</param>
    /// <param name="shapes"><c>[1, channels, height, width]</c> of each.</param>
    /// <param name="precision">How they are kept.</param>
    public SamEmbedding(
        IReadOnlyList<float[]> values, IReadOnlyList<long[]> shapes, EmbeddingPrecision precision = EmbeddingPrecision.Full)
    {
        Maps = [.. values.Select(map => new FeatureTensor(map, precision))];
        Shapes = [.. shapes];
        Bytes = Maps.Sum(map => map.Bytes);
    }

    /// <summary>The embedding of a model with one map.</summary>
    public SamEmbedding(float[] values, long[] shape, EmbeddingPrecision precision = EmbeddingPrecision.Full)
        : this([values], [shape], precision)
    {
    }

    /// <summary>The maps as they are kept, the coarsest, which the decoder attends to, first.</summary>
    public IReadOnlyList<FeatureTensor> Maps { get; }

    /// <summary>Their shapes.</summary>
    public IReadOnlyList<long[]> Shapes { get; }

    public long Bytes { get; }
}
