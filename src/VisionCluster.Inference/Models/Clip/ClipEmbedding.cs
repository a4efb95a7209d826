using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>Embedding of a whole image, of length 1.</summary>
/// <param name="Values">Its numbers.</param>
internal sealed record ClipEmbedding(float[] Values) : ISearchableEmbedding
{
    public float[] Vector => Values;

    public long Bytes => (long)Values.Length * sizeof(float);
}
