using System.Security.Cryptography;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Client;

/// <summary>A cluster by grain calls, from one of its silos or from an Orleans client.</summary>
public sealed class OrleansVisionClient : IVisionClient
{
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
}
