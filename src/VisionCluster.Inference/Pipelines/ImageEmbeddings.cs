using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Models.Proposals;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Image embeddings of each kind: those that the device holds, else computed once for all who wait.</summary>
internal sealed class ImageEmbeddings(PipelineServices services)
{
    public ValueTask<SamEmbedding> SamAsync(SamModel model, ImageReference image, InferenceCall call) =>
        GetAsync(model, image.Key, call, model.EncodeAsync);

    public ValueTask<ClipEmbedding> ClipAsync(ClipModel model, ImageReference image, InferenceCall call) =>
        GetAsync(model, image.Key, call, model.EmbedAsync);

    public ValueTask<RegionFeatures> RegionsAsync(RegionModel model, ImageReference image, InferenceCall call) =>
        GetAsync(model, image.Key, call, model.DetectAsync);

    public ValueTask<ProposalSet> ProposalsAsync(ProposalModel model, ImageReference image, InferenceCall call) =>
        GetAsync(model, image.Key, call, model.DetectAsync);

    private ValueTask<T> GetAsync<T>(
        LoadedModel model, ImageKey key, InferenceCall call, Func<RgbImage, InferenceCall, Task<T>> encode)
        where T : class, IImageEmbedding
    {
        return services.Host.Embeddings.GetOrComputeAsync(
            new EmbeddingKey(key, model.Identity), ComputeAsync, call.CancellationToken);

        async Task<T> ComputeAsync(CancellationToken abandoned)
        {
            // Others may wait for this run: it ends when all have left, not when its first caller does or is late.
            var shared = call with
            {
                CancellationToken = abandoned,
                Ticket = call.Ticket with { Deadline = Batching.WorkTicket.NoDeadline },
            };
            var pixels = await services.Images.LoadAsync(key, shared);
            return await encode(pixels, shared);
        }
    }
}
