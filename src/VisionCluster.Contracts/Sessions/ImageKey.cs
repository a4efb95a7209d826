using System.Buffers;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Contracts.Sessions;

/// <summary>
/// The name of one image session, <c>tenant/imageId</c>. There is no call that takes a bare image id.
/// </summary>
/// <param name="Tenant">Owner of the session.</param>
/// <param name="ImageId">32 lower-case hexadecimal digits: the first half of the SHA-256 of the image's bytes.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ImageKey")]
public readonly record struct ImageKey([property: Id(0)] TenantId Tenant, [property: Id(1)] string ImageId)
{
    private const int IdLength = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The session that these bytes of this tenant have, whoever uploads them and however often.</summary>
    /// <param name="tenant">Owner of the session.</param>
    /// <param name="sha256">SHA-256 of the encoded image, 32 bytes.</param>
    public static ImageKey FromDigest(TenantId tenant, ReadOnlySpan<byte> sha256) =>
        new(tenant, Convert.ToHexStringLower(sha256[..(IdLength / 2)]));

    /// <summary>
    /// The key of an id that a caller sent.
    /// </summary>
    /// <exception cref="VisionException">
    /// <see cref="VisionErrorCode.ImageNotFound"/>: no session can have this id. The answer is the one for an id that
    /// is well formed and unknown.
    /// </exception>
    public static ImageKey FromCaller(TenantId tenant, string imageId) =>
        imageId is { Length: IdLength } && imageId.AsSpan().IndexOfAnyExcept(HexDigits) < 0
            ? new ImageKey(tenant, imageId)
            : throw NotFound();

    /// <summary>Reads the key of a session grain.</summary>
    public static ImageKey FromGrainKey(string grainKey)
    {
        ArgumentNullException.ThrowIfNull(grainKey);
        var slash = grainKey.IndexOf('/', StringComparison.Ordinal);
        return FromCaller(new TenantId(grainKey[..Math.Max(slash, 0)]), grainKey[(slash + 1)..]);
    }

    /// <summary>The one answer for an unknown id, another tenant's id and an id of no valid form.</summary>
    public static VisionException NotFound() =>
        new(VisionErrorCode.ImageNotFound, "There is no such image, or it has expired. Upload it again.");

    /// <inheritdoc/>
    public override string ToString() => $"{Tenant.Value}/{ImageId}";
}
