using NetVips;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

/// <summary>Straight from bytes to a model's input, against the way over the picture's pixels.</summary>
public sealed class DecodeIntoTests
{
    private static readonly VipsImageCodec _codec = new(new ImageLimits());

    [Theory]
    [InlineData(640, 480)]
    [InlineData(301, 900)]
    [InlineData(20, 33)]
    [InlineData(3000, 5)]
    public void DecodeInto_PictureOfAnyShapeAndFormat_EqualsTheWayOverItsPixels(int width, int height)
    {
        RgbImage picture = Pictures.Noise(width, height, seed: width);
        using Image raw = Image.NewFromMemory(picture.Pixels.ToArray(), width, height, 3, Enums.BandFormat.Uchar);
        using Image rgb = raw.Copy(interpretation: Enums.Interpretation.Srgb);
        using Image grey = rgb.Colourspace(Enums.Interpretation.Bw);
        using Image alpha = rgb.Bandjoin(grey[0]);
        using Image turned = rgb.Mutate(image => image.Set(GValue.GIntType, "orientation", 6));

        byte[][] encoded =
        [
            rgb.JpegsaveBuffer(q: 90), rgb.JpegsaveBuffer(q: 90, interlace: true), grey.JpegsaveBuffer(), turned.JpegsaveBuffer(),
            rgb.PngsaveBuffer(), alpha.PngsaveBuffer(), grey.PngsaveBuffer(), rgb.WebpsaveBuffer(), Pictures.Bitmap(picture),
        ];

        Assert.All(encoded, Compare);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.95)]
    public void DecodeInto_TruncatedImage_IsCorruptThoughTheCutDoesNotReachItsEnd(double share)
    {
        byte[] jpeg = JpegWriter.Write(Pictures.Noise(64, 640, seed: 3));

        var error = Assert.Throws<VisionException>(() => Into(jpeg[..(int)(jpeg.Length * share)], Models.Clip, default));

        Assert.Equal(VisionErrorCode.CorruptImage, error.Code);
    }

    [Fact]
    public void DecodeInto_CallerLeft_IsCancelled() => Assert.ThrowsAny<OperationCanceledException>(
        () => Into(JpegWriter.Write(Pictures.Noise(64, 64, seed: 4)), Models.Clip, new CancellationToken(canceled: true)));

    [Fact]
    public void DecodeInto_LargePicture_AllocatesNoPixels()
    {
        byte[] jpeg = JpegWriter.Write(Pictures.Noise(2000, 1500, seed: 5));
        Into(jpeg, Models.Clip, default);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Into(jpeg, Models.Clip, default);

        // Strips are garbage that dies young; the picture alone has nine million bytes, twice.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3 * 2000 * 1500 * 3 / 2);
    }

    private static void Compare(byte[] encoded)
    {
        foreach (ImagePreprocessing options in (ImagePreprocessing[])[Models.Clip, Models.Sam with { Size = 256 }])
        {
            var expected = new float[3 * options.Size * options.Size];
            new ImagePreprocessor(options).Write(_codec.Decode(encoded, default), expected);

            Assert.Equal(expected, Into(encoded, options, default));
        }
    }

    private static float[] Into(byte[] encoded, ImagePreprocessing options, CancellationToken cancellationToken)
    {
        var preprocessor = new ImagePreprocessor(options);
        var tensor = new float[preprocessor.TensorLength];
        _codec.DecodeInto(encoded, preprocessor, tensor, cancellationToken);
        return tensor;
    }
}
