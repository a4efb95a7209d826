using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Grains.Placement;
using VisionCluster.Inference.Pipelines;

namespace VisionCluster.Grains.ModelHosts;

/// <summary>Passes calls on to the engine of one device of this silo.</summary>
[ModelHostPlacement]
internal sealed class ModelHostGrain(VisionEngines engines) : Grain, IModelHostGrain
{
    private VisionEngine Engine => field ??= engines[ModelHostKey.FromGrainKey(this.GetPrimaryKeyString()).Device];

    public Task<SegmentResponse> SegmentAsync(
        ImageReference image, SegmentRequest request, CallOptions options, CancellationToken cancellationToken) =>
        Engine.SegmentAsync(image, request, options, cancellationToken);

    public IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        ImageReference image, EverythingRequest request, CallOptions options, CancellationToken cancellationToken) =>
        Engine.EverythingAsync(image, request, options, cancellationToken);

    public Task<ImageEmbeddingContent> ReadEmbeddingAsync(
        ImageReference image,
        EmbeddingKind kind,
        IReadOnlyList<string> knownTags,
        CallOptions options,
        CancellationToken cancellationToken) =>
        Engine.ReadEmbeddingAsync(image, kind, knownTags, options, cancellationToken);

    public Task<ClassifyResponse> ClassifyAsync(
        ImageReference image,
        ClassifyRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken) =>
        Engine.ClassifyAsync(image, request, labels, options, cancellationToken);

    public Task<DetectResponse> DetectAsync(
        ImageReference image,
        DetectRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken) =>
        Engine.DetectAsync(image, request, labels, options, cancellationToken);

    public Task<LabelEmbeddings> EmbedTextsAsync(
        string? model,
        IReadOnlyList<string> texts,
        TenantId tenant,
        CallOptions options,
        CancellationToken cancellationToken) =>
        Engine.EmbedTextsAsync(model, texts, tenant, options, cancellationToken);

    public Task<ClassifyResponse> ClassifyContentAsync(
        ImageContent content,
        TenantId tenant,
        ClassifyRequest request,
        LabelEmbeddings labels,
        CallOptions options,
        CancellationToken cancellationToken) =>
        Engine.ClassifyAsync(content, tenant, request, labels, options, cancellationToken);

    public Task<EmbeddedInputs> EmbedInputsAsync(
        string? model,
        IReadOnlyList<string> texts,
        bool truncate,
        TenantId tenant,
        CallOptions options,
        CancellationToken cancellationToken) =>
        Engine.EmbedTextsAsync(model, texts, truncate, tenant, options, cancellationToken);

    public Task<EmbeddedInputs> EmbedImageAsync(
        string? model, ImageReference image, CallOptions options, CancellationToken cancellationToken) =>
        Engine.EmbedImageAsync(model, image, options, cancellationToken);

    public Task<EmbeddedInputs> EmbedContentAsync(
        string? model, ImageContent content, TenantId tenant, CallOptions options, CancellationToken cancellationToken) =>
        Engine.EmbedImageAsync(model, content, tenant, options, cancellationToken);

    public Task<RegionsResponse> EmbedRegionsAsync(
        ImageReference image, RegionsRequest request, CallOptions options, CancellationToken cancellationToken) =>
        Engine.EmbedRegionsAsync(image, request, options, cancellationToken);

    public Task<InferResponse> InferAsync(
        InferRequest request, TenantId tenant, CallOptions options, CancellationToken cancellationToken) =>
        Engine.InferAsync(request, tenant, options, cancellationToken);

    public Task<IReadOnlyList<GraphMetadata>> DescribeGraphsAsync(string? name) => Task.FromResult(Engine.DescribeGraphs(name));

    public async Task<SearchShard> SearchAsync(
        TenantId tenant, string model, LabelEmbeddings query, int topK, CancellationToken cancellationToken)
    {
        var (found, compared) = await Engine.SearchAsync(tenant, model, query.Values, topK, cancellationToken);
        return new SearchShard(Array.ConvertAll(found, image => new SearchResult(image.ImageId, image.Score)), compared);
    }

    public Task WarmAsync(
        ImageReference image, EmbeddingKind kinds, CallOptions options, CancellationToken cancellationToken) =>
        Engine.WarmAsync(image, kinds, options, cancellationToken);

    public Task<EmbeddingStates> StatesAsync(ImageKey image) => Task.FromResult(Engine.StatesOf(image));

    public Task ForgetAsync(ImageKey image)
    {
        Engine.Forget(image);
        return Task.CompletedTask;
    }

    public Task LoadModelAsync(string name, CancellationToken cancellationToken) =>
        Task.Run(() => Engine.Host.LoadAsync(name, cancellationToken), cancellationToken);

    public Task<bool> UnloadModelAsync(string name) => Task.Run(() => Engine.Host.UnloadAsync(name));

    public Task DrainAsync()
    {
        Engine.Host.Drain();
        return Task.CompletedTask;
    }

    public Task<DeviceStatus> StatusAsync() => Task.FromResult(Engine.Host.Status(this.GetPrimaryKeyString()));
}
