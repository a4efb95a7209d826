using System.Buffers.Binary;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

public sealed class VipsImageCodecTests
{
    private static readonly VipsImageCodec _codec = new(new ImageLimits());

    [Fact]
    public void Decode_PngOfOurs_GivesThePixelsBack()
    {
        RgbImage picture = Pictures.Noise(37, 23, seed: 1);

        RgbImage decoded = _codec.Decode(PngWriter.WriteRgb(picture), CancellationToken.None);

        Assert.Equal((0, 0), PixelDifference.Of(picture, decoded));
    }

    [Fact]
    public void Decode_Bitmap_GivesThePixelsBack()
    {
        RgbImage picture = Pictures.Noise(5, 3, seed: 2);

        Assert.Equal((0, 0), PixelDifference.Of(picture, _codec.Decode(Pictures.Bitmap(picture), CancellationToken.None)));
    }

    [Theory]
    [InlineData("", VisionErrorCode.InvalidRequest)]
    [InlineData("hello, I am text", VisionErrorCode.UnsupportedImage)]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", VisionErrorCode.UnsupportedImage)]
    [InlineData("GIF89a", VisionErrorCode.CorruptImage)]
    [InlineData("BM????\0\0\0\0", VisionErrorCode.CorruptImage)]
    [InlineData("II*\0", VisionErrorCode.CorruptImage)]
    public void Decode_NoImage_SaysWhy(string bytes, VisionErrorCode code) =>
        Assert.Equal(code, Error(System.Text.Encoding.Latin1.GetBytes(bytes)));

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Decode_TruncatedImage_IsCorrupt(double share)
    {
        RgbImage picture = Pictures.Noise(64, 64, seed: 3);
        byte[] png = PngWriter.WriteRgb(picture);
        byte[] jpeg = JpegWriter.Write(picture);

        Assert.Equal(VisionErrorCode.CorruptImage, Error(png[..(int)(png.Length * share)]));
        Assert.Equal(VisionErrorCode.CorruptImage, Error(jpeg[..(int)(jpeg.Length * share)]));
    }

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(30_000, 3_000)]
    [InlineData(20_000, 10)]
    public void ReadHeader_HugePngWithoutPixels_IsTooLarge(int width, int height)
    {
        byte[] png = PngWriter.WriteRgb(Pictures.Noise(8, 8, seed: 4));
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Pictures.Crc32(png.AsSpan(12, 17)));

        var error = Assert.Throws<VisionException>(() => _codec.ReadHeader(png));

        Assert.Equal(VisionErrorCode.ImageTooLarge, error.Code);
    }

    [Fact]
    public void Decode_CancelledToken_IsCancelled() => Assert.ThrowsAny<OperationCanceledException>(() =>
        _codec.Decode(PngWriter.WriteRgb(Pictures.Noise(8, 8, seed: 5)), new CancellationToken(canceled: true)));

    [Fact]
    public void ReadHeader_Jpeg_IsSizeAndFormat() => Assert.Equal(
        new ImageHeader(40, 30, "jpeg"), _codec.ReadHeader(JpegWriter.Write(Pictures.Noise(40, 30, seed: 6))));

    private static VisionErrorCode Error(byte[] bytes) =>
        Assert.Throws<VisionException>(() => _codec.Decode(bytes, CancellationToken.None)).Code;
}
