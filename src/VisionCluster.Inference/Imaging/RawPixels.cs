using NetVips;

namespace VisionCluster.Inference.Imaging;

/// <summary>Pixels of ours as a libvips image.</summary>
internal static class RawPixels
{
    /// <summary>Copies the pixels, so that the image may outlive them.</summary>
    public static unsafe Image Wrap(ReadOnlySpan<byte> pixels, int width, int height, int bands)
    {
        if (pixels.Length != (long)width * height * bands)
        {
            throw new ArgumentException($"{width}x{height}x{bands} does not fit {pixels.Length} bytes.");
        }

        VipsRuntime.Ensure();
        fixed (byte* first = pixels)
        {
            return Image.NewFromMemoryCopy(
                (nint)first, (ulong)pixels.Length, width, height, bands, Enums.BandFormat.Uchar);
        }
    }
}
