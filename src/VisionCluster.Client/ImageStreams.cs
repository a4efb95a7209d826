using VisionCluster.Contracts.Errors;

namespace VisionCluster.Client;

/// <summary>Reads images to send, never more than a limit.</summary>
internal static class ImageStreams
{
    private const int FirstBuffer = 64 << 10;

    /// <exception cref="VisionException"><c>ImageTooLarge</c>.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream image, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        var expected = image.CanSeek ? image.Length - image.Position : 0;
        Check(expected, maxBytes);
        // One byte more than is expected, so that the end is found without growing.
        var buffer = new byte[Math.Max(expected + 1, FirstBuffer)];
        var filled = 0;
        while (true)
        {
            var read = await image.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return buffer.AsMemory(0, filled);
            }

            filled += read;
            Check(filled, maxBytes);
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxBytes + 1));
            }
        }
    }

    /// <exception cref="VisionException"><c>InvalidRequest</c> for no bytes, <c>ImageTooLarge</c>.</exception>
    public static void CheckLength(long length, long maxBytes)
    {
        Check(length, maxBytes);
        if (length == 0)
        {
            throw VisionException.Invalid("The image is empty: send the bytes of an image.");
        }
    }

    private static void Check(long length, long maxBytes)
    {
        if (length > maxBytes)
        {
            throw new VisionException(
                VisionErrorCode.ImageTooLarge, $"The image has more than the {maxBytes} bytes that this client sends.");
        }
    }
}
