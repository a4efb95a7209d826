using System.Runtime.InteropServices;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Prompts to masks: the image's embedding, one decoder item a prompt, and the masks drawn off the device's thread.</summary>
internal sealed class SegmentPipeline(PipelineServices services, ImageEmbeddings embeddings)
{
    private readonly MaskDrawing _drawing = new(services);

    public async Task<SegmentResponse> RunAsync(ImageReference image, SegmentRequest request, InferenceCall call)
    {
        using var hold = services.Host.Hold<SamModel>(ModelFamily.Sam, request.Model);
        var model = hold.Model;
        using var held = await embeddings.SamAsync(model, image, call);
        var embedding = held.Embedding;
        var geometry = ResizeGeometry.For(model.Manifest.Image, image.Width, image.Height);
        var results = await BoundedFanOut.RunAsync(
            request.Prompts,
            model.Window,
            (prompt, _, token) => RunAsync(model, embedding, geometry, image, prompt, request, call with { CancellationToken = token }),
            call.CancellationToken);
        return new SegmentResponse(model.Manifest.Name, results, call.Stages.ToTimings());
    }

    private async Task<PromptResult> RunAsync(
        SamModel model,
        SamEmbedding embedding,
        ResizeGeometry geometry,
        ImageReference image,
        SegmentPrompt prompt,
        SegmentRequest request,
        InferenceCall call)
    {
        var earlier = prompt.MaskLogits is { } sent
            ? MemoryMarshal.Cast<byte, float>(sent.Data.Span).ToArray()
            : Find(model, image, prompt.MaskId);
        using var decoded = await model.DecodeAsync(embedding, prompt, geometry, earlier, call);
        using var place = await services.Limiter.EnterAsync(call.CancellationToken);
        return call.Stages.Measure(Contracts.Telemetry.Stages.Postprocess, () => new PromptResult(
            Array.ConvertAll(
                MaskSelection.Choose(decoded.Scores, request.Multimask),
                index => _drawing.Draw(model, image, geometry, decoded, index, request.Output))));
    }

    private float[]? Find(SamModel model, ImageReference image, string? id) => id is null
        ? null
        : services.Host.Masks.Find(image.Key, model.Identity, id) ?? throw new VisionException(
            VisionErrorCode.MaskNotFound, $"The session keeps no mask '{id}' of model '{model.Manifest.Name}'.");
}
