using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Proposals;

/// <summary>Candidate boxes of an image.</summary>
/// <param name="Boxes">In pixels of the image, each with area.</param>
/// <param name="Objectness">A logit for each.</param>
internal sealed record ProposalSet(PixelBox[] Boxes, float[] Objectness) : IImageEmbedding
{
    public long Bytes => (Objectness.Length + (Boxes.Length * 8L)) * sizeof(float);
}
