using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>What the region detector made of an image: proposals, and the feature map that regions are read from.</summary>
/// <param name="Boxes">Proposals in pixels of the image.</param>
/// <param name="Objectness">A logit for each.</param>
/// <param name="FeatureMap"><c>[1, channels, height, width]</c>.</param>
/// <param name="Shape">That shape.</param>
internal sealed record RegionFeatures(PixelBox[] Boxes, float[] Objectness, FeatureTensor FeatureMap, long[] Shape) : IImageEmbedding
{
    public long Bytes => FeatureMap.Bytes + ((Objectness.Length + (Boxes.Length * 8L)) * sizeof(float));
}
