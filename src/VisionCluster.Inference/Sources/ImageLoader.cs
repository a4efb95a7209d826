using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Sources;

/// <summary>Gives the pixels of an uploaded image: those decoded a moment ago, else decoded again.</summary>
public sealed class ImageLoader(IImageBytes bytes, IImageCodec codec, DecodedImageCache cache, WorkLimiter limiter)
{
    /// <summary>The pixels of an image.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>ImageNotFound</c>, <c>StoreUnavailable</c>.</exception>
    public async ValueTask<RgbImage> LoadAsync(ImageKey key, InferenceCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (cache.Get(key.ToString()) is { } kept)
        {
            return kept;
        }

        var content = await bytes.ReadAsync(key, call.CancellationToken) ?? throw ImageKey.NotFound();
        return await DecodeAsync(key, content, call);
    }

    /// <summary>Decodes an image and keeps the pixels for the call that follows.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>.</exception>
    public async ValueTask<RgbImage> DecodeAsync(ImageKey key, ImageContent content, InferenceCall call)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(call);
        var image = await DecodeOnceAsync(content, call);
        cache.TryAdd(key.ToString(), image);
        return image;
    }

    /// <summary>Decodes an image that nobody uploaded and nothing is kept of.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>.</exception>
    public async ValueTask<RgbImage> DecodeOnceAsync(ImageContent content, InferenceCall call)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(call);
        using var place = await limiter.EnterAsync(call.CancellationToken);
        return call.Stages.Measure(
            Contracts.Telemetry.Stages.Decode, () => codec.Decode(content.Bytes, call.CancellationToken));
    }

    /// <summary>The same straight into a model's input, where nobody needs the pixels.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>.</exception>
    public async ValueTask DecodeIntoAsync(
        ImageContent content, ImagePreprocessor preprocessor, Memory<float> tensor, InferenceCall call)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(call);
        using var place = await limiter.EnterAsync(call.CancellationToken);
        call.Stages.Measure(Contracts.Telemetry.Stages.Decode, () =>
        {
            codec.DecodeInto(content.Bytes, preprocessor, tensor, call.CancellationToken);
            return true;
        });
    }

    /// <summary>Drops the pixels that are kept of an image.</summary>
    public void Forget(ImageKey key) => cache.Remove(key.ToString());
}
