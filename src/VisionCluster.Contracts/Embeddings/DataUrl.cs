using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>Images as <c>data:image/...;base64,...</c> (RFC 2397).</summary>
public static class DataUrl
{
    private const string Prefix = "data:image/";
    private const string Marker = ";base64,";

    /// <summary>Whether a text is meant as one.</summary>
    public static bool Is(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The bytes in it; null where it is not well formed or empty.</summary>
    public static byte[]? Decode(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var marker = url.IndexOf(Marker, StringComparison.OrdinalIgnoreCase);
        var encoded = Encoding.ASCII.GetBytes(marker < 0 ? "" : url[(marker + Marker.Length)..]);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        return encoded.Length > 0
            && Base64.DecodeFromUtf8(encoded, bytes, out var read, out var written) == OperationStatus.Done
            && read == encoded.Length
            ? bytes[..written]
            : null;
    }

    /// <summary>Bytes as such a URL; what they are is told by the bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> image) => $"{Prefix}*{Marker}{Convert.ToBase64String(image)}";
}
