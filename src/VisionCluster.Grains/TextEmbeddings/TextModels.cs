using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Pipelines;

namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>Tells which model embeds the texts of a request: the one whose space the image's embeddings are in.</summary>
internal sealed class TextModels(VisionEngines engines)
{
    private VisionEngine Any => engines[engines.Devices.First()];

    /// <summary>For whole images.</summary>
    public string ForImages(string? model) => Any.TextModelOf(ModelFamily.Clip, model);

    /// <summary>For regions.</summary>
    public string ForRegions(string? model, RegionEncoder? encoder) =>
        (encoder ?? (Any.Host.Serves(ModelFamily.RegionClip) ? RegionEncoder.Roi : RegionEncoder.Crop)) == RegionEncoder.Roi
            ? Any.TextModelOf(ModelFamily.RegionClip, model)
            : Any.TextModelOf(ModelFamily.Clip, model);
}
