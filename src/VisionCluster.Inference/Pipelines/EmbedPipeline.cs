using System.Runtime.InteropServices;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Texts, images and regions to embeddings that leave the cluster.</summary>
internal sealed class EmbedPipeline(PipelineServices services, ImageEmbeddings embeddings)
{
    public async Task<EmbeddedInputs> TextsAsync(string? name, IReadOnlyList<string> texts, bool truncate, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, name);
        var (rows, tokens) = await hold.Model.EmbedAsync(texts, truncate, call);
        return new EmbeddedInputs(hold.Model.Manifest.Name, rows, tokens, call.Stages.ToTimings());
    }

    public async Task<EmbeddedInputs> ImageAsync(string? name, ImageReference image, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, name);
        var embedding = await embeddings.ClipAsync(hold.Model, image, call);
        return Answer(hold.Model, embedding, call);
    }

    public async Task<EmbeddedInputs> ContentAsync(string? name, ImageContent content, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, name);
        return Answer(hold.Model, await hold.Model.EmbedAsync(content, services.Images, call), call);
    }

    public async Task<RegionsResponse> RegionsAsync(ImageReference image, RegionsRequest request, InferenceCall call)
    {
        var (model, rows) = RegionEmbedding.Choose(request.RegionEncoder, services) == RegionEncoder.Roi
            ? await OnFeatureMapAsync(image, request, call)
            : await ByCropsAsync(image, request, call);
        var matrix = LabelMatrix.Of(rows);
        return new RegionsResponse(
            model, [rows.Length, matrix.Dimension], MemoryMarshal.AsBytes(matrix.Values.Span).ToArray(), call.Stages.ToTimings());
    }

    private static EmbeddedInputs Answer(ClipModel model, ClipEmbedding embedding, InferenceCall call) => new(
        model.Manifest.Name, new LabelEmbeddings(embedding.Values.Length, embedding.Values), 0, call.Stages.ToTimings());

    private async Task<(string Model, float[][] Rows)> OnFeatureMapAsync(
        ImageReference image, RegionsRequest request, InferenceCall call)
    {
        using var hold = services.Host.Hold<RegionModel>(ModelFamily.RegionClip, request.Model);
        using var features = await embeddings.RegionsAsync(hold.Model, image, call);
        return (hold.Model.Manifest.Name,
            await hold.Model.EmbedAsync(features.Embedding, request.Boxes, image.Width, image.Height, call));
    }

    private async Task<(string Model, float[][] Rows)> ByCropsAsync(
        ImageReference image, RegionsRequest request, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, request.Model);
        return (hold.Model.Manifest.Name,
            await RegionEmbedding.ByCropsAsync(services, hold.Model, image, request.Boxes, call));
    }
}
