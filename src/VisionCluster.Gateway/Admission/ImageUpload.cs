using System.Security.Cryptography;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Admission;

/// <summary>Bytes of a picture to a session of it, by whichever protocol they came.</summary>
internal static class ImageUpload
{
    /// <summary>Uploads, and computes embeddings where some are named.</summary>
    public static async Task<(ImageDescription Image, bool Created, StageTimings Timings)> RunAsync(
        IGrainFactory grains,
        TenantId tenant,
        ReadOnlyMemory<byte> bytes,
        EmbeddingKind kinds,
        CallOptions options,
        CancellationToken cancellationToken)
    {
        var key = ImageKey.FromDigest(tenant, SHA256.HashData(bytes.Span));
        var session = grains.GetGrain<IImageSessionGrain>(key.ToString());
        var result = await session.UploadAsync(new ImageContent(bytes), cancellationToken);
        var image = kinds == EmbeddingKind.None ? result.Image : await session.WarmAsync(kinds, options, cancellationToken);
        return (image, result.Created, result.Timings);
    }
}
