using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Labels to scores for the whole image.</summary>
internal sealed class ClassifyPipeline(PipelineServices services, ImageEmbeddings embeddings)
{
    public async Task<ClassifyResponse> RunAsync(
        ImageReference image, ClassifyRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, request.Model);
        var model = hold.Model;
        return Answer(model, await embeddings.ClipAsync(model, image, call), request, labels, call);
    }

    /// <summary>The same for an image that nothing is kept of.</summary>
    public async Task<ClassifyResponse> RunAsync(
        ImageContent content, ClassifyRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        using var hold = services.Host.Hold<ClipModel>(ModelFamily.Clip, request.Model);
        return Answer(hold.Model, await hold.Model.EmbedAsync(content, services.Images, call), request, labels, call);
    }

    private static ClassifyResponse Answer(
        ClipModel model, ClipEmbedding embedding, ClassifyRequest request, LabelEmbeddings labels, InferenceCall call)
    {
        var ranked = call.Stages.Measure(Contracts.Telemetry.Stages.Postprocess, () => ZeroShotClassifier.Rank(
            embedding.Values, labels, request.Labels!, request.Mode, model.Manifest.LogitScale, request.TopK));
        return new ClassifyResponse(model.Manifest.Name, ranked, call.Stages.ToTimings());
    }
}
