using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VisionCluster.Cli.Models.Pull;

/// <summary>
/// What a file must be: by the table, else by what the hub says of it. For large files the hub's tag is their SHA-256, for
/// small ones git's name of the blob, which is a SHA-1 over a header and the bytes.
/// </summary>
/// <param name="Digest">64 hexadecimal digits, or 40 of git; null where nobody says.</param>
/// <param name="Length">Bytes; null where nobody says.</param>
internal sealed record ExpectedContent(string? Digest, long? Length)
{
    private const int Sha256Length = 64;
    private const int GitLength = 40;

    /// <summary>Reads the headers of the hub's first answer.</summary>
    public static ExpectedContent Of(HttpResponseMessage response, string? vouched)
    {
        var tag = Header(response, "X-Linked-Etag") ?? response.Headers.ETag?.Tag;
        var digest = tag?.Trim('"');
        var length = long.TryParse(Header(response, "X-Linked-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out var linked)
            ? linked
            : (long?)null;
        return new ExpectedContent(
            vouched ?? (digest is { Length: Sha256Length or GitLength } && digest.All(char.IsAsciiHexDigit) ? digest : null), length);
    }

    /// <summary>What is wrong with a file; null where nothing is.</summary>
    public async Task<string?> WrongWithAsync(string path, CancellationToken cancellationToken)
    {
        var length = new FileInfo(path).Length;
        if (Length is { } expected && length != expected)
        {
            return $"it has {length:N0} bytes, not {expected:N0}";
        }

        return Digest is null || (await DigestOfAsync(path, cancellationToken)).Equals(Digest, StringComparison.OrdinalIgnoreCase)
            ? null
            : "its checksum is not the one that was promised";
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private async Task<string> DigestOfAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        if (Digest!.Length == Sha256Length)
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {stream.Length}\0")));
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
