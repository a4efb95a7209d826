using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Labels to labelled boxes: proposals, their embeddings, their scores.</summary>
internal sealed class DetectPipeline(PipelineServices services, ImageEmbeddings embeddings)
{
    public async Task<DetectResponse> RunAsync(
        ImageReference image, DetectRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        var given = request.Boxes is { Count: > 0 };
        var encoder = RegionEmbedding.Choose(request.RegionEncoder, services);
        if (!given && !services.Host.Serves(ModelFamily.RegionClip))
        {
            throw new VisionException(
                VisionErrorCode.ModelNotFound, "No region model is loaded to propose boxes: give 'boxes' of your own.");
        }

        return encoder == RegionEncoder.Roi
            ? await OnFeatureMapAsync(image, request, labels, call)
            : await ByCropsAsync(image, request, labels, call);
    }

    private async Task<DetectResponse> OnFeatureMapAsync(
        ImageReference image, DetectRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        using var hold = services.Host.Hold<RegionModel>(ModelFamily.RegionClip, request.Model);
        var model = hold.Model;
        var features = await embeddings.RegionsAsync(model, image, call);
        var (boxes, objectness) = Candidates(request, features);
        var regions = boxes.Count == 0 ? [] : await model.EmbedAsync(features, boxes, image.Width, image.Height, call);
        return Answer(model.Manifest, boxes, regions, objectness, request, labels, call);
    }

    private async Task<DetectResponse> ByCropsAsync(
        ImageReference image, DetectRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, request.Model);
        var model = hold.Model;
        var (boxes, objectness) = request.Boxes is { Count: > 0 }
            ? Candidates(request, null)
            : Candidates(request, await ProposeAsync(image, call));
        var regions = await RegionEmbedding.ByCropsAsync(services, model, image, boxes, call);
        return Answer(model.Manifest, boxes, regions, objectness, request, labels, call);
    }

    private async Task<RegionFeatures> ProposeAsync(ImageReference image, InferenceCall call)
    {
        using var hold = services.Host.Hold<RegionModel>(ModelFamily.RegionClip, null);
        return await embeddings.RegionsAsync(hold.Model, image, call);
    }

    private static (IReadOnlyList<PixelBox> Boxes, IReadOnlyList<float>? Objectness) Candidates(
        DetectRequest request, RegionFeatures? features)
    {
        if (request.Boxes is { Count: > 0 } given)
        {
            return (given, null);
        }

        // Exports of a fixed count fill up with boxes of no area.
        var real = Enumerable.Range(0, features!.Boxes.Length).Where(i => features.Boxes[i].Area > 0).ToArray();
        return (Array.ConvertAll(real, i => features.Boxes[i]), Array.ConvertAll(real, i => features.Objectness[i]));
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
            request.ScoreThreshold, request.NmsIou, request.TopK);
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
