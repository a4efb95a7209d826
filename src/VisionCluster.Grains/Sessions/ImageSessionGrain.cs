using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Grains.Images;
using VisionCluster.Grains.ModelHosts;
using VisionCluster.Grains.Placement;

namespace VisionCluster.Grains.Sessions;

/// <summary>Holds what is known of one image and routes its calls to a device of its silo.</summary>
[DevicePlacement]
internal sealed class ImageSessionGrain(
    [PersistentState("image", ImageSessionStorage.Name)] IPersistentState<ImageSessionState> state,
    IImageStore images,
    ImageIntake intake,
    LocalHosts hosts,
    LocalSessions sessions,
    SessionInstruments instruments,
    SessionCalls calls,
    IOptions<ImageSessionOptions> options,
    TimeProvider time,
    ILogger<ImageSessionGrain> logger) : Grain, IImageSessionGrain, IStoredSession, IGrainMigrationParticipant
{
    private const string WarmKinds = "warm";

    /// <summary>The store is written again only when so much of the lifetime has gone.</summary>
    private const double PersistedShare = 0.25;

    private readonly SessionRecord _record = new(state, time, logger);
    private DateTimeOffset _expiresAt;
    private EmbeddingKind _handedOver;

    private ImageKey Key => field.ImageId is null ? field = ImageKey.FromGrainKey(this.GetPrimaryKeyString()) : field;

    private ImageReference Reference => new(Key, _record.Value.Width, _record.Value.Height);

    private IModelHostGrain Host => field ??= hosts[hosts.LeastLoaded()];

    public async Task<UploadResult> UploadAsync(ImageContent content, CancellationToken cancellationToken)
    {
        // A store that was emptied is noticed here: nothing is acknowledged that isn't kept.
        if (IsLive() && await images.ExtendAsync(Key, time.GetUtcNow() + options.Value.TimeToLive, cancellationToken))
        {
            await TouchAsync();
            return new UploadResult(await DescriptionAsync(), Created: false, StageTimings.Zero);
        }

        var checkedImage = await intake.CheckAsync(Key, content, cancellationToken);
        var now = time.GetUtcNow();
        _expiresAt = now + options.Value.TimeToLive;
        await images.WriteAsync(
            Key, content with { Format = checkedImage.Header.Format }, _expiresAt, cancellationToken);
        await _record.WriteAsync(new ImageSessionState
        {
            Width = checkedImage.Header.Width,
            Height = checkedImage.Header.Height,
            Format = checkedImage.Header.Format,
            Bytes = content.Bytes.Length,
            Sha256 = checkedImage.Sha256,
            CreatedAt = now,
            ExpiresAt = _expiresAt,
        });
        return new UploadResult(await DescriptionAsync(), Created: true, checkedImage.Timings);
    }

    public async Task<ImageDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        await UseAsync();
        return await DescriptionAsync();
    }

    public async Task<bool> IsLiveAsync(CancellationToken cancellationToken)
    {
        if (IsLive())
        {
            return true;
        }

        if (state.RecordExists)
        {
            await ForgetAsync();
        }

        await Host.ForgetAsync(Key);
        DeactivateOnIdle();
        return false;
    }

    public async Task<bool> KeepAgainAsync(CancellationToken cancellationToken)
    {
        if (!IsLive())
        {
            DeactivateOnIdle();
            return false;
        }

        // A record without its image would only make a later click wait for what is lost.
        if (!await images.KeepAgainAsync(Key, _expiresAt, cancellationToken))
        {
            return false;
        }

        await _record.WriteAgainAsync(_expiresAt);
        return true;
    }

    public async Task<ImageContent> ReadContentAsync(CancellationToken cancellationToken)
    {
        await UseAsync();
        return await images.ReadAsync(Key, cancellationToken) ?? throw ImageKey.NotFound();
    }

    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        await UseAsync();
        await ForgetAsync();
    }

    public async Task<ImageDescription> WarmAsync(
        EmbeddingKind kinds, CallOptions options, CancellationToken cancellationToken)
    {
        await Host.WarmAsync(await UseAsync(), kinds, options, cancellationToken);
        return await DescriptionAsync();
    }

    public async Task<SegmentResponse> SegmentAsync(
        SegmentRequest request, CallOptions options, CancellationToken cancellationToken) =>
        await calls.SegmentAsync(Host, await UseAsync(), request, options, cancellationToken);

    public async IAsyncEnumerable<EverythingUpdate> EverythingAsync(
        EverythingRequest request, CallOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(request.Violations());
        var image = await UseAsync();
        var updates = Host.EverythingAsync(image, request, options, cancellationToken);
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            yield return update;
        }
    }

    public async Task<ImageEmbeddingContent> ReadEmbeddingAsync(
        EmbeddingKind kind, IReadOnlyList<string> knownTags, CallOptions options, CancellationToken cancellationToken) =>
        await Host.ReadEmbeddingAsync(await UseAsync(), kind, knownTags, options, cancellationToken);

    public async Task<ClassifyResponse> ClassifyAsync(
        ClassifyRequest request, CallOptions options, CancellationToken cancellationToken) =>
        await calls.ClassifyAsync(Host, await UseAsync(), request, options, cancellationToken);

    public async Task<DetectResponse> DetectAsync(
        DetectRequest request, CallOptions options, CancellationToken cancellationToken) =>
        await calls.DetectAsync(Host, await UseAsync(), request, options, cancellationToken);

    public async Task<EmbeddedInputs> EmbedAsync(string? model, CallOptions options, CancellationToken cancellationToken) =>
        await Host.EmbedImageAsync(model, await UseAsync(), options, cancellationToken);

    public async Task<RegionsResponse> EmbedRegionsAsync(
        RegionsRequest request, CallOptions options, CancellationToken cancellationToken)
    {
        var image = await UseAsync();
        VisionException.ThrowIfAny(request.Violations(image.Width, image.Height));
        return await Host.EmbedRegionsAsync(image, request, options, cancellationToken);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _expiresAt = _record.Value.ExpiresAt > _expiresAt ? _record.Value.ExpiresAt : _expiresAt;
        sessions.Add(GrainContext);
        instruments.Activated(_record.Exists);
        if (_handedOver != EmbeddingKind.None && IsLive())
        {
            // Nobody waits for it: who clicks meanwhile joins the same computation.
            Host.WarmAsync(Reference, _handedOver, CallOptions.Default with { Lane = RequestLane.Bulk }, CancellationToken.None).Ignore();
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        sessions.Remove(GrainContext);
        if (_record.Value.Width > 0)
        {
            images.Release(Key);
        }

        return Task.CompletedTask;
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        dehydrationContext.TryAddValue(WarmKinds, (int)hosts.KindsReady(Key));
        dehydrationContext.TryAddValue(nameof(_expiresAt), _expiresAt);
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (rehydrationContext.TryGetValue(WarmKinds, out int kinds)
            && rehydrationContext.TryGetValue(nameof(_expiresAt), out DateTimeOffset expiresAt))
        {
            (_handedOver, _expiresAt) = ((EmbeddingKind)kinds, expiresAt);
        }
    }

    private bool IsLive() => _record.Value.Width > 0 && _expiresAt > time.GetUtcNow();

    /// <summary>The image of a live session, whose life is prolonged.</summary>
    private async ValueTask<ImageReference> UseAsync()
    {
        if (!IsLive())
        {
            if (_record.Exists)
            {
                await ForgetAsync();
            }

            // Nothing is here that a later call would need: an unknown id leaves no activation behind.
            DeactivateOnIdle();
            throw ImageKey.NotFound();
        }

        await TouchAsync();
        return Reference;
    }

    private async Task TouchAsync()
    {
        _expiresAt = time.GetUtcNow() + options.Value.TimeToLive;
        if (_expiresAt - _record.Value.ExpiresAt > options.Value.TimeToLive * PersistedShare
            && await _record.TryProlongAsync(_expiresAt))
        {
            try
            {
                await images.ExtendAsync(Key, _expiresAt, CancellationToken.None);
            }
            catch (VisionException error)
            {
                logger.ProlongFailed(error);
            }
        }
    }

    private async Task ForgetAsync()
    {
        await Host.ForgetAsync(Key);
        await images.DeleteAsync(Key, CancellationToken.None);
        await _record.ClearAsync();
        DeactivateOnIdle();
    }

    private async Task<ImageDescription> DescriptionAsync() => new(
        Key.ImageId, _record.Value.Width, _record.Value.Height, _record.Value.Format, _record.Value.Bytes, _record.Value.Sha256,
        _record.Value.CreatedAt, _expiresAt, await Host.StatesAsync(Key));
}
