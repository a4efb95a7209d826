using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Labels to labelled boxes: proposals, their embeddings, their scores.</summary>
internal sealed class DetectPipeline(PipelineServices services, ImageEmbeddings embeddings, EverythingPipeline everything)
{
    private readonly Proposals _proposals = new(services, embeddings, everything);

    public Task<DetectResponse> RunAsync(
        ImageReference image, DetectRequest request, LabelEmbeddings labels, InferenceCall call) =>
        RegionEmbedding.Choose(request.RegionEncoder, services) == RegionEncoder.Roi
            ? OnFeatureMapAsync(image, request, labels, call)
            : ByCropsAsync(image, request, labels, call);

    private async Task<DetectResponse> OnFeatureMapAsync(
        ImageReference image, DetectRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        using var hold = services.Host.Hold<RegionModel>(ModelFamily.RegionClip, request.Model);
        var model = hold.Model;
        var (boxes, objectness) = await _proposals.FindAsync(image, request, call);
        using var features = await embeddings.RegionsAsync(model, image, call);
        var regions = boxes.Count == 0 ? [] : await model.EmbedAsync(features.Embedding, boxes, image.Width, image.Height, call);
        return Answer(model.Manifest, boxes, regions, objectness, request, labels, call);
    }

    private async Task<DetectResponse> ByCropsAsync(
        ImageReference image, DetectRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, request.Model);
        var model = hold.Model;
        var (boxes, objectness) = await _proposals.FindAsync(image, request, call);
        var regions = await RegionEmbedding.ByCropsAsync(services, model, image, boxes, call);
        return Answer(model.Manifest, boxes, regions, objectness, request, labels, call);
    }

    private static DetectResponse Answer(
        ModelManifest manifest,
        IReadOnlyList<PixelBox> boxes,
        float[][] regions,
        IReadOnlyList<float>? objectness,
        DetectRequest request,
        LabelEmbeddings labels,
        InferenceCall call)
    {
        var scoring = new RegionScoring(
            request.Temperature ?? (1 / manifest.LogitScale), request.Background, request.Fusion,
            request.ScoreThreshold, request.NmsIou, request.TopK, request.Nms, request.NmsSigma);
        var scored = call.Stages.Measure(
            Contracts.Telemetry.Stages.Postprocess,
            () => RegionScorer.Score(boxes, regions, objectness, labels, scoring));
        return new DetectResponse(
            manifest.Name,
            [.. scored.Select(box => new DetectedObject
            {
                Label = request.Labels![box.Label],
                Index = box.Label,
                Score = box.Score,
                Probability = box.Probability,
                Objectness = box.Objectness is { } logit ? 1 / (1 + MathF.Exp(-logit)) : null,
                Box = box.Box,
            })],
            call.Stages.ToTimings());
    }
}
