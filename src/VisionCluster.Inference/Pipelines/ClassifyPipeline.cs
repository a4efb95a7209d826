using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.ModelHosts;
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
        var embedding = await embeddings.ClipAsync(model, image, call);
        var ranked = call.Stages.Measure(Contracts.Telemetry.Stages.Postprocess, () => ZeroShotClassifier.Rank(
            embedding.Values, labels, request.Labels!, request.Mode, model.Manifest.LogitScale, request.TopK));
        return new ClassifyResponse(model.Manifest.Name, ranked, call.Stages.ToTimings());
    }
}
