using Microsoft.Extensions.Options;
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
    SessionCalls calls,
    IOptions<ImageSessionOptions> options,
    TimeProvider time) : Grain, IImageSessionGrain
{
    /// <summary>The store is written again only when so much of the lifetime has gone.</summary>
    private const double PersistedShare = 0.25;

    private DateTimeOffset _expiresAt;

    private ImageKey Key => field.ImageId is null ? field = ImageKey.FromGrainKey(this.GetPrimaryKeyString()) : field;

    private IModelHostGrain Host => field ??= hosts[hosts.LeastLoaded()];

    public async Task<UploadResult> UploadAsync(ImageContent content, CancellationToken cancellationToken)
    {
        if (IsLive())
        {
            await TouchAsync();
            return new UploadResult(await DescriptionAsync(), Created: false, StageTimings.Zero);
        }

        var checkedImage = await intake.CheckAsync(Key, content, cancellationToken);
        var now = time.GetUtcNow();
        _expiresAt = now + options.Value.TimeToLive;
        await images.WriteAsync(
            Key, content with { Format = checkedImage.Header.Format }, _expiresAt, cancellationToken);
        state.State = new ImageSessionState
        {
            Width = checkedImage.Header.Width,
            Height = checkedImage.Header.Height,
            Format = checkedImage.Header.Format,
            Bytes = content.Bytes.Length,
            Sha256 = checkedImage.Sha256,
            CreatedAt = now,
            ExpiresAt = _expiresAt,
        };
        await state.WriteStateAsync(CancellationToken.None);
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
        _expiresAt = state.State.ExpiresAt;
        return Task.CompletedTask;
    }

    private bool IsLive() => state.State.Width > 0 && _expiresAt > time.GetUtcNow();

    /// <summary>The image of a live session, whose life is prolonged.</summary>
    private async ValueTask<ImageReference> UseAsync()
    {
        if (!IsLive())
        {
            if (state.RecordExists)
            {
                await ForgetAsync();
            }

            // Nothing is here that a later call would need: an unknown id leaves no activation behind.
            DeactivateOnIdle();
            throw ImageKey.NotFound();
        }

        await TouchAsync();
        return new ImageReference(Key, state.State.Width, state.State.Height);
    }

    private async Task TouchAsync()
    {
        _expiresAt = time.GetUtcNow() + options.Value.TimeToLive;
        if (_expiresAt - state.State.ExpiresAt > options.Value.TimeToLive * PersistedShare)
        {
            state.State.ExpiresAt = _expiresAt;
            await images.ExtendAsync(Key, _expiresAt, CancellationToken.None);
            await state.WriteStateAsync(CancellationToken.None);
        }
    }

    private async Task ForgetAsync()
    {
        await Host.ForgetAsync(Key);
        await images.DeleteAsync(Key, CancellationToken.None);
        await state.ClearStateAsync(CancellationToken.None);
        state.State = new ImageSessionState();
        DeactivateOnIdle();
    }

    private async Task<ImageDescription> DescriptionAsync() => new(
        Key.ImageId, state.State.Width, state.State.Height, state.State.Format, state.State.Bytes, state.State.Sha256,
        state.State.CreatedAt, _expiresAt, await Host.StatesAsync(Key));
}
