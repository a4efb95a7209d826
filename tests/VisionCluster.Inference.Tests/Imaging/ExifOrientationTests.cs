using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

public sealed class ExifOrientationTests
{
    private const int Width = 40;
    private const int Height = 24;

    private static readonly VipsImageCodec _codec = new(new ImageLimits());

    public static TheoryData<int, Func<int, int, (int X, int Y)>> Orientations => new()
    {
        // For each value of the tag, where the pixel that is seen at x, y is stored (EXIF 2.32, 4.6.4.A).
        { 1, (x, y) => (x, y) },
        { 2, (x, y) => (Width - 1 - x, y) },
        { 3, (x, y) => (Width - 1 - x, Height - 1 - y) },
        { 4, (x, y) => (x, Height - 1 - y) },
        { 5, (x, y) => (y, x) },
        { 6, (x, y) => (y, Height - 1 - x) },
        { 7, (x, y) => (Width - 1 - y, Height - 1 - x) },
        { 8, (x, y) => (Width - 1 - y, x) },
    };

    [Theory, MemberData(nameof(Orientations))]
    public void Decode_OrientedJpeg_IsUpright(int orientation, Func<int, int, (int X, int Y)> stored)
    {
        byte[] jpeg = JpegWriter.Write(Pictures.Noise(Width, Height, seed: 11));
        RgbImage plain = _codec.Decode(jpeg, CancellationToken.None);
        byte[] oriented = WithOrientation(jpeg, orientation);

        RgbImage upright = _codec.Decode(oriented, CancellationToken.None);

        (int width, int height) = orientation >= 5 ? (Height, Width) : (Width, Height);
        Assert.Equal(new ImageHeader(width, height, "jpeg"), _codec.ReadHeader(oriented));
        Assert.Equal((width, height), (upright.Width, upright.Height));
        for (int i = 0; i < width * height; i++)
        {
            (int x, int y) = stored(i % width, i / width);
            Assert.Equal(Pixel(plain, x, y), Pixel(upright, i % width, i / width));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(255)]
    public void Decode_OrientationOfNoMeaning_IsAsStored(int orientation)
    {
        byte[] jpeg = JpegWriter.Write(Pictures.Noise(Width, Height, seed: 12));

        RgbImage decoded = _codec.Decode(WithOrientation(jpeg, orientation), CancellationToken.None);

        Assert.Equal((0, 0), PixelDifference.Of(_codec.Decode(jpeg, CancellationToken.None), decoded));
    }

    private static (byte R, byte G, byte B) Pixel(RgbImage picture, int x, int y)
    {
        ReadOnlySpan<byte> pixel = picture.Pixels.Span.Slice(3 * ((y * picture.Width) + x), 3);
        return (pixel[0], pixel[1], pixel[2]);
    }

    /// <summary>Puts an EXIF segment with nothing but the orientation behind the start of a JPEG.</summary>
    private static byte[] WithOrientation(byte[] jpeg, int orientation) =>
    [
        .. jpeg[..2], 0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1,
        0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, .. jpeg[2..],
    ];
}
