using NetVips;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

public sealed class FormatsTests
{
    private static readonly VipsImageCodec _codec = new(new ImageLimits());

    [Fact]
    public void Decode_LosslessWebp_GivesThePixelsBack()
    {
        RgbImage picture = Pictures.Noise(37, 23, seed: 21);
        using Image image = Wrap(picture);

        AssertDecoded(picture, "webp", image.WebpsaveBuffer(lossless: true));
    }

    [Theory]
    [InlineData(Enums.ForeignTiffCompression.None)]
    [InlineData(Enums.ForeignTiffCompression.Lzw)]
    [InlineData(Enums.ForeignTiffCompression.Deflate)]
    public void Decode_Tiff_GivesThePixelsBack(Enums.ForeignTiffCompression compression)
    {
        RgbImage picture = Pictures.Noise(37, 23, seed: 22);
        using Image image = Wrap(picture);

        AssertDecoded(picture, "tiff", image.TiffsaveBuffer(compression: compression));
    }

    [Fact]
    public void Decode_CmykJpeg_MultipliesTheInks()
    {
        // Cyan, magenta, yellow and black at half strength, as flat halves of one picture.
        byte[] inks = [.. Enumerable.Range(0, 64 * 16).SelectMany(i => i % 64 < 32 ? (byte[])[255, 0, 0, 0] : [0, 128, 0, 128])];
        using Image raw = Image.NewFromMemory(inks, 64, 16, 4, Enums.BandFormat.Uchar);
        using Image cmyk = raw.Copy(interpretation: Enums.Interpretation.Cmyk);

        RgbImage decoded = _codec.Decode(cmyk.JpegsaveBuffer(q: 100), CancellationToken.None);

        AssertNear((0, 255, 255), decoded, 8, 8);
        AssertNear((127, 63, 127), decoded, 56, 8);
    }

    [Fact]
    public void Decode_SixteenBitPng_KeepsTheUpperByte()
    {
        ushort[] samples = [0x1234, 0xABCD, 0x00FF, 0xFF00, 0x8000, 0x7FFF];
        using Image raw = Image.NewFromMemory(samples, 2, 1, 3, Enums.BandFormat.Ushort);
        using Image wide = raw.Copy(interpretation: Enums.Interpretation.Rgb16);

        RgbImage decoded = _codec.Decode(wide.PngsaveBuffer(bitdepth: 16), CancellationToken.None);

        Assert.Equal([0x12, 0xAB, 0x00, 0xFF, 0x80, 0x7F], decoded.Pixels.ToArray());
    }

    [Fact]
    public void Decode_GreyWithAlpha_IsRepeatedAndTheAlphaDropped()
    {
        using Image raw = Image.NewFromMemory((byte[])[10, 0, 200, 128], 2, 1, 2, Enums.BandFormat.Uchar);
        using Image grey = raw.Copy(interpretation: Enums.Interpretation.Bw);

        RgbImage decoded = _codec.Decode(grey.PngsaveBuffer(), CancellationToken.None);

        Assert.Equal([10, 10, 10, 200, 200, 200], decoded.Pixels.ToArray());
    }

    [Fact]
    public void Decode_AnimatedGif_IsItsFirstFrame()
    {
        RgbImage decoded = _codec.Decode(Animation(), CancellationToken.None);

        Assert.Equal((16, 16), (decoded.Width, decoded.Height));
        AssertNear((255, 0, 0), decoded, 8, 8);
    }

    [Fact]
    public void ReadHeader_MoreFramesThanAllowed_IsTooLarge()
    {
        var strict = new VipsImageCodec(new ImageLimits { MaxFrames = 1 });

        var error = Assert.Throws<VisionException>(() => strict.ReadHeader(Animation()));

        Assert.Equal(VisionErrorCode.ImageTooLarge, error.Code);
    }

    [Fact]
    public void Decode_OneFormatsMagicOnAnothersBody_IsCorrupt()
    {
        using Image image = Wrap(Pictures.Noise(16, 16, seed: 23));
        byte[][] files = [image.PngsaveBuffer(), image.JpegsaveBuffer(), image.WebpsaveBuffer(), image.TiffsaveBuffer(), Animation()];
        foreach (byte[] head in files)
        {
            foreach (byte[] body in files.Where(file => file != head))
            {
                byte[] disguised = [.. head[..12], .. body[12..]];

                var error = Assert.Throws<VisionException>(() => _codec.Decode(disguised, CancellationToken.None));

                Assert.Equal(VisionErrorCode.CorruptImage, error.Code);
            }
        }
    }

    private static void AssertDecoded(RgbImage picture, string format, byte[] file)
    {
        Assert.Equal(new ImageHeader(picture.Width, picture.Height, format), _codec.ReadHeader(file));
        Assert.Equal((0, 0), PixelDifference.Of(picture, _codec.Decode(file, CancellationToken.None)));
    }

    private static void AssertNear((int R, int G, int B) expected, RgbImage picture, int x, int y)
    {
        ReadOnlySpan<byte> pixel = picture.Pixels.Span.Slice(3 * ((y * picture.Width) + x), 3);
        Assert.InRange(pixel[0], expected.R - 3, expected.R + 3);
        Assert.InRange(pixel[1], expected.G - 3, expected.G + 3);
        Assert.InRange(pixel[2], expected.B - 3, expected.B + 3);
    }

    private static Image Wrap(RgbImage picture)
    {
        using Image raw = Image.NewFromMemory(picture.Pixels.ToArray(), picture.Width, picture.Height, 3, Enums.BandFormat.Uchar);
        return raw.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    /// <summary>A red frame and a blue one.</summary>
    private static byte[] Animation()
    {
        byte[] pixels = [.. Enumerable.Range(0, 16 * 32).SelectMany(i => i < 256 ? (byte[])[255, 0, 0] : [0, 0, 255])];
        using Image strip = Wrap(new RgbImage(16, 32, pixels));
        using Image frames = strip.Mutate(image => image.Set(GValue.GIntType, "page-height", 16));
        return frames.GifsaveBuffer();
    }
}
