using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Embeddings of boxes by cutting each out: an image of its own for the CLIP model, batched.</summary>
internal static class RegionEmbedding
{
    /// <summary>How boxes are embedded where a request leaves it open.</summary>
    public static RegionEncoder Choose(RegionEncoder? asked, PipelineServices services) =>
        asked ?? (services.Host.Serves(ModelFamily.RegionClip) ? RegionEncoder.Roi : RegionEncoder.Crop);

    /// <summary>A row of length 1 for each box.</summary>
    public static async Task<float[][]> ByCropsAsync(
        PipelineServices services, ClipModel model, ImageReference image, IReadOnlyList<PixelBox> boxes, InferenceCall call)
    {
        var pixels = await services.Images.LoadAsync(image.Key, call);
        return await BoundedFanOut.RunAsync(
            boxes,
            model.Window,
            (box, _, token) => model.EmbedAsync(
                pixels, CropRegion.Around(box, image.Width, image.Height), call with { CancellationToken = token }),
            call.CancellationToken);
    }
}
