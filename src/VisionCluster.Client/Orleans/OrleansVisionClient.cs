using System.Security.Cryptography;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Client;

/// <summary>A cluster by grain calls, from one of its silos or from an Orleans client.</summary>
public sealed class OrleansVisionClient : IVisionClient
{
    private const int MaxImages = 256;
    private const int Window = 16;

    private readonly IGrainFactory _grains;
    private readonly TenantId _tenant;
    private readonly VisionClientOptions _options;

    /// <summary>A client of one tenant.</summary>
    /// <param name="grains">The silo's or the connected Orleans client's.</param>
    /// <param name="tenant">Whom the calls are made for.</param>
    /// <param name="options">Limits; null: the defaults.</param>
    public OrleansVisionClient(IGrainFactory grains, TenantId tenant, VisionClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(grains);
        (_grains, _tenant, _options) = (grains, tenant, options ?? new VisionClientOptions());
    }

    /// <inheritdoc/>
    public async Task<IImageSession> OpenImageAsync(
        ReadOnlyMemory<byte> image, EmbeddingKind warm = EmbeddingKind.None, CancellationToken cancellationToken = default)
    {
        ImageStreams.CheckLength(image.Length, _options.MaxImageBytes);
        var key = ImageKey.FromDigest(_tenant, SHA256.HashData(image.Span));
        var grain = _grains.GetGrain<IImageSessionGrain>(key.ToString());
        var description = await GrainCalls.RunAsync(
            async () =>
            {
                var upload = await grain.UploadAsync(new ImageContent(image), cancellationToken).ConfigureAwait(false);
                return warm == EmbeddingKind.None
                    ? upload.Image
                    : await grain.WarmAsync(warm, CallOptions.Default, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return new OrleansImageSession(_grains, _tenant, description.Id, description);
    }

    /// <inheritdoc/>
    public async Task<IImageSession> OpenImageAsync(
        Stream image, EmbeddingKind warm = EmbeddingKind.None, CancellationToken cancellationToken = default) =>
        await OpenImageAsync(
            await ImageStreams.ReadAsync(image, _options.MaxImageBytes, cancellationToken).ConfigureAwait(false),
            warm,
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public IImageSession Image(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new OrleansImageSession(_grains, _tenant, id, null);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelStatus>> ListModelsAsync(CancellationToken cancellationToken = default)
    {
        var devices = await GrainCalls.RunAsync(_grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync, cancellationToken)
            .ConfigureAwait(false);
        return [.. devices.SelectMany(device => device.Models).Distinct().OrderBy(model => model.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeviceStatus>> ListDevicesAsync(CancellationToken cancellationToken = default) =>
        await GrainCalls.RunAsync(_grains.GetGrain<IDeviceDirectoryGrain>(0).ListAsync, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClassifyResponse>> ClassifyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> images,
        ClassifyRequest request,
        CallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(request);
        VisionException.ThrowIfAny(request.Violations());
        if (images.Count is < 1 or > MaxImages)
        {
            throw VisionException.Invalid($"Give 1 to {MaxImages} images.");
        }

        foreach (var image in images)
        {
            ImageStreams.CheckLength(image.Length, _options.MaxImageBytes);
        }

        var answers = new ClassifyResponse[images.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Window, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, answers.Length, parallel, async (i, token) => answers[i] = await GrainCalls.RunAsync(
            () => _grains.GetGrain<IOneShotGrain>(OneShotKey.Next(_tenant).ToString())
                .ClassifyAsync(new ImageContent(images[i]), request, options ?? CallOptions.Default, token),
            token).ConfigureAwait(false)).ConfigureAwait(false);
        return answers;
    }

    /// <inheritdoc/>
    public async Task<EmbeddingsResponse> EmbedAsync(
        EmbeddingsRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        VisionException.ThrowIfAny(request.Violations());
        var call = new EmbeddingsCall(_grains, _tenant, request, options ?? CallOptions.Default);
        return await GrainCalls.RunAsync(() => call.RunAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<SearchResponse> SearchAsync(
        SearchRequest request, CallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        VisionException.ThrowIfAny(request.Violations());
        return await GrainCalls.RunAsync(
            () => _grains.GetGrain<IOneShotGrain>(OneShotKey.Next(_tenant).ToString())
                .SearchAsync(request, options ?? CallOptions.Default, cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<LabelSetDescription> PutLabelSetAsync(
        string name, LabelSet labels, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(labels);
        VisionException.ThrowIfAny(labels.Violations());
        var grain = LabelSet(name);
        return await GrainCalls.RunAsync(
            async () =>
            {
                await grain.PutAsync(labels, cancellationToken).ConfigureAwait(false);
                return await grain.GetAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<LabelSetDescription> GetLabelSetAsync(string name, CancellationToken cancellationToken = default)
    {
        var grain = LabelSet(name);
        return await GrainCalls.RunAsync(() => grain.GetAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task DeleteLabelSetAsync(string name, CancellationToken cancellationToken = default)
    {
        var grain = LabelSet(name);
        await GrainCalls.RunAsync(
            async () =>
            {
                await grain.DeleteAsync(cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private ILabelSetGrain LabelSet(string name) =>
        _grains.GetGrain<ILabelSetGrain>(LabelSetKey.FromCaller(_tenant, name).ToString());
}
