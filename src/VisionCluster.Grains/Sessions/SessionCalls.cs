using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Grains.LabelSets;
using VisionCluster.Grains.TextEmbeddings;

namespace VisionCluster.Grains.Sessions;

/// <summary>The road of each kind of call from a session: check it, find the texts' embeddings, ask the host.</summary>
internal sealed class SessionCalls(Vocabularies vocabularies, TextModels textModels)
{
    public async Task<SegmentResponse> SegmentAsync(
        IModelHostGrain host, ImageReference image, SegmentRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(request.Violations(image.Width, image.Height));
        if (request.Prompts.All(prompt => prompt.Text is null))
        {
            return await host.SegmentAsync(image, request, options, cancellationToken);
        }

        var finder = new TextPrompts(request, (detect, token) => DetectAsync(host, image, detect, options, token));
        return await finder.RunAsync(
            (boxes, token) => host.SegmentAsync(image, boxes, options, token), cancellationToken);
    }

    public async Task<ClassifyResponse> ClassifyAsync(
        IModelHostGrain host, ImageReference image, ClassifyRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(request.Violations());
        var words = await vocabularies.GetAsync(
            textModels.ForImages(request.Model), request.Labels, request.LabelSet, request.Templates, image.Key.Tenant, options, cancellationToken);
        return await host.ClassifyAsync(image, request with { Labels = words.Labels }, words.Matrix, options, cancellationToken);
    }

    public async Task<DetectResponse> DetectAsync(
        IModelHostGrain host, ImageReference image, DetectRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(request.Violations(image.Width, image.Height));
        var model = textModels.ForRegions(request.Model, request.RegionEncoder);
        var words = await vocabularies.GetAsync(
            model, request.Labels, request.LabelSet, request.Templates, image.Key.Tenant, options, cancellationToken);
        var found = await host.DetectAsync(image, request with { Labels = words.Labels }, words.Matrix, options, cancellationToken);
        return request.Masks && found.Detections.Count > 0
            ? await AddMasksAsync(host, image, found, options, cancellationToken)
            : found;
    }

    private static async Task<DetectResponse> AddMasksAsync(
        IModelHostGrain host, ImageReference image, DetectResponse found, CallOptions options, CancellationToken cancellationToken)
    {
        var masked = new List<DetectedObject>(found.Detections.Count);
        foreach (var part in found.Detections.Chunk(SegmentRequest.MaxPrompts))
        {
            var request = new SegmentRequest
            {
                Prompts = Array.ConvertAll(part, detection => new SegmentPrompt { Box = detection.Box }),
                Multimask = false,
            };
            var masks = await host.SegmentAsync(image, request, options, cancellationToken);
            masked.AddRange(part.Select((detection, i) => detection with { Mask = masks.Results[i].Masks[0] }));
        }

        return found with { Detections = masked };
    }
}
