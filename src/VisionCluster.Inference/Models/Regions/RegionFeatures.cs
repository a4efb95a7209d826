using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>
/// What the region detector made of an image: proposals, and the feature map that regions are read from. A map in the device's
/// own memory goes when this is disposed and nobody holds it.
/// </summary>
/// <param name="boxes">Proposals in pixels of the image.</param>
/// <param name="objectness">A logit for each.</param>
/// <param name="map"><c>[1, channels, height, width]</c>; taken over.</param>
internal sealed class RegionFeatures(PixelBox[] boxes, float[] objectness, FeatureTensor map) : IHeldEmbedding
{
    public PixelBox[] Boxes => boxes;

    public float[] Objectness => objectness;

    /// <summary>The one map that there is.</summary>
    public IReadOnlyList<FeatureTensor> Maps { get; } = [map];

    public long Bytes => map.Bytes + ((objectness.Length + (boxes.Length * 8L)) * sizeof(float));

    public void Hold() => map.OnDevice?.Hold();

    public void Release() => map.OnDevice?.Release();

    public void Dispose() => map.OnDevice?.Dispose();
}
