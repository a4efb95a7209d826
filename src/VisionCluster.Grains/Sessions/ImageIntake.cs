using System.Security.Cryptography;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Grains.Sessions;

/// <summary>Checks an upload to its last byte before anything is kept; off the grain's scheduler.</summary>
internal sealed class ImageIntake(IImageCodec codec, ImageLoader images, StageInstruments instruments, TimeProvider time)
{
    /// <summary>What the image is.</summary>
    /// <exception cref="VisionException">
    /// <c>UnsupportedImage</c>, <c>CorruptImage</c>, <c>ImageTooLarge</c>; <c>InvalidRequest</c>: not the key's bytes.
    /// </exception>
    public Task<IntakeResult> CheckAsync(ImageKey key, ImageContent content, CancellationToken cancellationToken) =>
        Task.Run(async () =>
        {
            var call = InferenceCall.Begin(
                key.Tenant, CallOptions.Default, time, instruments, "upload", cancellationToken);
            var header = codec.ReadHeader(content.Bytes);
            var digest = SHA256.HashData(content.Bytes.Span);
            if (ImageKey.FromDigest(key.Tenant, digest) != key)
            {
                throw VisionException.Invalid("The image's id must be the first half of its SHA-256.");
            }

            await images.DecodeAsync(key, content, call);
            return new IntakeResult(header, Convert.ToHexStringLower(digest), call.Stages.ToTimings());
        }, cancellationToken);
}
