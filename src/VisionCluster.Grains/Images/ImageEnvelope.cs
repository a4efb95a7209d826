using System.Text;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Grains.Images;

/// <summary>
/// How stores outside of the process keep an image: the length of the format's name (1 byte), the name, the image;
/// all of it sealed where there is a key.
/// </summary>
internal sealed class ImageEnvelope(ImageSealer sealer)
{
    public byte[] Wrap(ImageKey key, ImageContent content)
    {
        var format = Encoding.ASCII.GetBytes(content.Format);
        var wrapped = new byte[1 + format.Length + content.Bytes.Length];
        wrapped[0] = (byte)format.Length;
        format.CopyTo(wrapped, 1);
        content.Bytes.Span.CopyTo(wrapped.AsSpan(1 + format.Length));
        return sealer.HasKey ? sealer.Seal(key.ToString(), wrapped) : wrapped;
    }

    /// <exception cref="VisionException"><c>StoreUnavailable</c>: not what <see cref="Wrap"/> made.</exception>
    public ImageContent Unwrap(ImageKey key, byte[] stored)
    {
        var wrapped = sealer.Unseal(key.ToString(), stored);
        return wrapped.Length > 0 && wrapped[0] < wrapped.Length
            ? new ImageContent(wrapped.AsMemory(1 + wrapped[0])) { Format = Encoding.ASCII.GetString(wrapped, 1, wrapped[0]) }
            : throw new VisionException(VisionErrorCode.StoreUnavailable, "The stored image is damaged.");
    }
}
