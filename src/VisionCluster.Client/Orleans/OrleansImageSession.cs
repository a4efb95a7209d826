using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Client;

/// <summary>An image by grain calls.</summary>
internal sealed class OrleansImageSession(IGrainFactory grains, TenantId tenant, string id, ImageDescription? description)
    : IImageSession
{
    public string Id => id;

    private IImageSessionGrain Grain => grains.GetGrain<IImageSessionGrain>(ImageKey.FromCaller(tenant, id).ToString());

    public ImageDescription? Description { get; private set; } = description;

    public async Task<ImageDescription> DescribeAsync(CancellationToken cancellationToken = default) =>
        Description = await RunAsync(grain => grain.DescribeAsync(cancellationToken), cancellationToken).ConfigureAwait(false);

    public Task<SegmentResponse> SegmentAsync(
        SegmentRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            grain => grain.SegmentAsync(Valid(request, request.Violations()), options ?? CallOptions.Interactive, cancellationToken),
            cancellationToken);
    }

    public IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        EverythingRequest? request = null, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        request ??= new EverythingRequest();
        VisionException.ThrowIfAny(request.Violations());
        return GrainCalls.ReadAsync(
            token => Grain.EverythingAsync(request, options ?? CallOptions.Bulk, token), cancellationToken);
    }

    public Task<ClassifyResponse> ClassifyAsync(
        ClassifyRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            grain => grain.ClassifyAsync(Valid(request, request.Violations()), options ?? CallOptions.Default, cancellationToken),
            cancellationToken);
    }

    public Task<DetectResponse> DetectAsync(
        DetectRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            grain => grain.DetectAsync(Valid(request, request.Violations()), options ?? CallOptions.Default, cancellationToken),
            cancellationToken);
    }

    public Task<RegionsResponse> EmbedRegionsAsync(
        RegionsRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunAsync(
            grain => grain.EmbedRegionsAsync(Valid(request, request.Violations()), options ?? CallOptions.Default, cancellationToken),
            cancellationToken);
    }

    public async Task<ImageDescription> WarmAsync(
        EmbeddingKind kinds, CallOptions? options = null, CancellationToken cancellationToken = default) =>
        Description = await RunAsync(
            grain => grain.WarmAsync(kinds, options ?? CallOptions.Default, cancellationToken), cancellationToken)
            .ConfigureAwait(false);

    public Task<ImageContent> ReadContentAsync(CancellationToken cancellationToken = default) =>
        RunAsync(grain => grain.ReadContentAsync(cancellationToken), cancellationToken);

    public Task DeleteAsync(CancellationToken cancellationToken = default) => RunAsync(
        async grain =>
        {
            await grain.DeleteAsync(cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    // A request that cannot be right is refused here, before it crosses the network, as the HTTP gateway does.
    private static T Valid<T>(T request, IReadOnlyList<string> violations)
    {
        VisionException.ThrowIfAny(violations);
        return request;
    }

    private Task<T> RunAsync<T>(Func<IImageSessionGrain, Task<T>> call, CancellationToken cancellationToken) =>
        GrainCalls.RunAsync(() => call(Grain), cancellationToken);
}
