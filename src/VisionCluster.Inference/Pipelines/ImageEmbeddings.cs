using System.Security.Cryptography;
using System.Text;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Catalog;
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
    /// <summary>A SAM embedding, held for the caller.</summary>
    public async ValueTask<EmbeddingHold<SamEmbedding>> SamAsync(SamModel model, ImageReference image, InferenceCall call) =>
        new(await GetAsync(model, image.Key, call, model.EncodeAsync));

    public ValueTask<ClipEmbedding> ClipAsync(ClipModel model, ImageReference image, InferenceCall call) =>
        GetAsync(model, image.Key, call, model.EmbedAsync);

    /// <summary>A region model's features, held for the caller.</summary>
    public async ValueTask<EmbeddingHold<RegionFeatures>> RegionsAsync(RegionModel model, ImageReference image, InferenceCall call) =>
        new(await GetAsync(model, image.Key, call, model.DetectAsync));

    public ValueTask<ProposalSet> ProposalsAsync(ProposalModel model, ImageReference image, InferenceCall call) =>
        GetAsync(model, image.Key, call, model.DetectAsync);

    /// <summary>An embedding by the default model, without its numbers where the caller has them.</summary>
    public async Task<ImageEmbeddingContent> ReadAsync(
        ImageReference image, EmbeddingKind kind, IReadOnlyList<string> knownTags, InferenceCall call)
    {
        if (kind == EmbeddingKind.Sam)
        {
            using var sam = services.Host.Hold<SamModel>(ModelFamily.Sam, null);
            var tag = TagOf(image.Key, sam.Model);
            if (knownTags.Contains(tag))
            {
                return new ImageEmbeddingContent(tag, [], null);
            }

            using var map = await SamAsync(sam.Model, image, call);
            return new ImageEmbeddingContent(tag, map.Embedding.Shapes[0], map.Embedding.Maps[0].ToFloats().AsMemory());
        }

        if (kind == EmbeddingKind.Clip)
        {
            using var clip = services.Host.Hold<ClipModel>(ModelFamily.Clip, null);
            var tag = TagOf(image.Key, clip.Model);
            if (knownTags.Contains(tag))
            {
                return new ImageEmbeddingContent(tag, [], null);
            }

            var embedding = await ClipAsync(clip.Model, image, call);
            return new ImageEmbeddingContent(tag, [1, embedding.Values.Length], embedding.Values.AsMemory());
        }

        throw VisionException.Invalid("One kind of embedding is read at a time: 'sam' or 'clip'.");
    }

    private static string TagOf(ImageKey image, LoadedModel model) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{model.Manifest.Family}/{model.Identity}/{image.ImageId}")).AsSpan(0, 16));

    /// <summary>Boxes of all masks of an image by the default SAM model: found once and kept, for they cost many runs.</summary>
    public async ValueTask<ProposalSet> MaskBoxesAsync(
        EverythingPipeline everything, ImageReference image, int pointsPerSide, InferenceCall call)
    {
        using var hold = services.Host.Hold<SamModel>(ModelFamily.Sam, null);
        var key = new EmbeddingKey(image.Key, $"{hold.Model.Identity}/everything/{pointsPerSide}");
        return await services.Host.Embeddings.GetOrComputeAsync(
            key, abandoned => MaskBoxes.FindAsync(everything, image, pointsPerSide, Shared(call, abandoned)), call.CancellationToken);
    }

    /// <summary>Others may wait for this run: it ends when all have left, not when its first caller does or is late.</summary>
    private static InferenceCall Shared(InferenceCall call, CancellationToken abandoned) => call with
    {
        CancellationToken = abandoned,
        Ticket = call.Ticket with { Deadline = Batching.WorkTicket.NoDeadline },
    };

    private ValueTask<T> GetAsync<T>(
        LoadedModel model, ImageKey key, InferenceCall call, Func<RgbImage, InferenceCall, Task<T>> encode)
        where T : class, IImageEmbedding
    {
        return services.Host.Embeddings.GetOrComputeAsync(
            new EmbeddingKey(key, model.Identity), ComputeAsync, call.CancellationToken);

        async Task<T> ComputeAsync(CancellationToken abandoned)
        {
            var shared = Shared(call, abandoned);
            var pixels = await services.Images.LoadAsync(key, shared);
            return await encode(pixels, shared);
        }
    }
}
