using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Grains.LabelSets;
using VisionCluster.Grains.ModelHosts;
using VisionCluster.Grains.Placement;
using VisionCluster.Grains.Search;
using VisionCluster.Grains.TextEmbeddings;

namespace VisionCluster.Grains.Sessions;

/// <summary>Brings calls without a session to a device of its silo.</summary>
[DevicePlacement]
internal sealed class OneShotGrain(LocalHosts hosts, Vocabularies vocabularies, TextModels textModels, ImageSearch search)
    : Grain, IOneShotGrain
{
    private TenantId Tenant => field.Value is null ? field = OneShotKey.FromGrainKey(this.GetPrimaryKeyString()).Tenant : field;

    private IModelHostGrain Host => hosts[hosts.LeastLoaded()];

    public async Task<ClassifyResponse> ClassifyAsync(
        ImageContent image, ClassifyRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(request.Violations());
        var words = await vocabularies.GetAsync(
            textModels.ForImages(request.Model), request.Labels, request.LabelSet, request.Templates, Tenant, options, cancellationToken);
        return await Host.ClassifyContentAsync(
            image, Tenant, request with { Labels = words.Labels }, words.Matrix, options, cancellationToken);
    }

    public Task<EmbeddedInputs> EmbedImageAsync(
        ImageContent image, string? model, CallOptions options, CancellationToken cancellationToken) =>
        Host.EmbedContentAsync(model, image, Tenant, options, cancellationToken);

    public Task<EmbeddedInputs> EmbedTextsAsync(
        IReadOnlyList<string> texts, string? model, bool truncate, CallOptions options, CancellationToken cancellationToken) =>
        Host.EmbedInputsAsync(model, texts, truncate, Tenant, options, cancellationToken);

    public Task<InferResponse> InferAsync(InferRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(request.Violations());
        return hosts.Serving(GraphMetadata.Split(request.Graph).Model).InferAsync(request, Tenant, options, cancellationToken);
    }

    public Task<IReadOnlyList<GraphMetadata>> DescribeGraphsAsync(string? name, CancellationToken cancellationToken) =>
        (name is null ? Host : hosts.Serving(GraphMetadata.Split(name).Model)).DescribeGraphsAsync(name);

    public async Task<SearchResponse> SearchAsync(SearchRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(request.Violations());
        return await search.RunAsync(Host, request, Tenant, options, cancellationToken);
    }
}
