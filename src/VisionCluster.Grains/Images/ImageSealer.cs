using System.Security.Cryptography;
using System.Text;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Grains.Images;

/// <summary>
/// AES-256-GCM over stored images. A sealed image is <c>VCS1</c>, the key's name (4 bytes), nonce (12), tag (16), cipher
/// text; the image's own key is authenticated with it, so that one tenant's bytes cannot stand in for another's.
/// </summary>
internal sealed class ImageSealer
{
    private const int KeyBytes = 32;
    private const int NameBytes = 4;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private static readonly byte[] Magic = "VCS1"u8.ToArray();
    private static readonly int HeaderBytes = Magic.Length + NameBytes + NonceBytes + TagBytes;

    private readonly byte[][] _keys;

    public ImageSealer(IEnumerable<string> keys) => _keys = [.. keys.Select(Convert.FromBase64String)];

    /// <summary>Whether images are sealed at all.</summary>
    public bool HasKey => _keys.Length > 0;

    public static bool IsKey(string base64)
    {
        Span<byte> key = stackalloc byte[KeyBytes + 1];
        return Convert.TryFromBase64String(base64 ?? "", key, out var length) && length == KeyBytes;
    }

    public byte[] Seal(string name, ReadOnlySpan<byte> content)
    {
        var key = _keys[0];
        var sealedImage = new byte[HeaderBytes + content.Length];
        var (keyName, nonce, tag) = Parts(sealedImage);
        Magic.CopyTo(sealedImage, 0);
        NameOf(key).CopyTo(keyName);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, content, sealedImage.AsSpan(HeaderBytes), tag, Encoding.UTF8.GetBytes(name));
        return sealedImage;
    }

    /// <summary>The image; as it came where it was kept before there was a key.</summary>
    /// <exception cref="VisionException"><c>StoreUnavailable</c>: no key of ours opens it, or it was changed.</exception>
    public byte[] Unseal(string name, byte[] stored)
    {
        if (!stored.AsSpan().StartsWith(Magic) || stored.Length < HeaderBytes)
        {
            return stored;
        }

        var (keyName, nonce, tag) = Parts(stored);
        foreach (var key in _keys)
        {
            if (!NameOf(key).AsSpan().SequenceEqual(keyName))
            {
                continue;
            }

            var content = new byte[stored.Length - HeaderBytes];
            try
            {
                using var cipher = new AesGcm(key, TagBytes);
                cipher.Decrypt(nonce, stored.AsSpan(HeaderBytes), tag, content, Encoding.UTF8.GetBytes(name));
                return content;
            }
            catch (AuthenticationTagMismatchException error)
            {
                throw new VisionException(VisionErrorCode.StoreUnavailable, "The stored image was changed.", error);
            }
        }

        throw new VisionException(VisionErrorCode.StoreUnavailable, "The stored image was encrypted with a key that is not configured.");
    }

    private static byte[] NameOf(byte[] key) => SHA256.HashData(key)[..NameBytes];

    private static Header Parts(byte[] sealedImage) => new(
        sealedImage.AsSpan(Magic.Length, NameBytes),
        sealedImage.AsSpan(Magic.Length + NameBytes, NonceBytes),
        sealedImage.AsSpan(Magic.Length + NameBytes + NonceBytes, TagBytes));

    private readonly ref struct Header(Span<byte> name, Span<byte> nonce, Span<byte> tag)
    {
        private readonly Span<byte> _name = name;
        private readonly Span<byte> _nonce = nonce;
        private readonly Span<byte> _tag = tag;

        public void Deconstruct(out Span<byte> name, out Span<byte> nonce, out Span<byte> tag)
        {
            name = _name;
            nonce = _nonce;
            tag = _tag;
        }
    }
}
