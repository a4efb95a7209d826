using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Output of the image encoder for one image.</summary>
/// <param name="Values">float32, <c>[1, channels, height, width]</c>.</param>
/// <param name="Shape">That shape.</param>
internal sealed record SamEmbedding(float[] Values, long[] Shape) : IImageEmbedding
{
    public long Bytes => (long)Values.Length * sizeof(float);
}
