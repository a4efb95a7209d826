using CsCheck;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

public sealed class ImagePreprocessorTests
{
    [Fact]
    public void WriteBytesHwc_AnySize_EqualsPlainArithmetic() =>
        (from width in Gen.Int[1, 90]
         from height in Gen.Int[1, 90]
         from size in Gen.Int[1, 60]
         from mode in Gen.Enum<ResizeMode>()
         from filter in Gen.Enum<Interpolation>()
         from seed in Gen.Int
         select (width, height, size, mode, filter, seed)).Sample(
            t =>
            {
                var options = Models.Sam with { Size = t.size, Resize = t.mode, Interpolation = t.filter };
                RgbImage picture = Pictures.Noise(t.width, t.height, t.seed);
                var geometry = ResizeGeometry.For(options, t.width, t.height);
                int cutWidth = Math.Min(t.size, geometry.ResizedWidth);
                int cutHeight = Math.Min(t.size, geometry.ResizedHeight);
                float[] numbers = new float[3 * cutWidth * cutHeight];

                new ImagePreprocessor(options).WriteBytesHwc(picture, numbers);

                Assert.Equal(PlainResize.Run(picture, geometry, cutWidth, cutHeight, t.filter), numbers.Select(n => (byte)n));
            },
            iter: 300);

    [Fact]
    public void Write_SmallPicture_IsNormalisedThenPaddedWithZeros()
    {
        var options = new ImagePreprocessing { Size = 4, Mean = [10, 20, 30], Std = [2, 4, 5] };
        float[] tensor = new float[48];
        Array.Fill(tensor, float.NaN);

        new ImagePreprocessor(options).Write(new RgbImage(4, 2, [.. Enumerable.Repeat((byte[])[30, 60, 80], 8).SelectMany(p => p)]), tensor);

        Assert.All(tensor.Take(8), v => Assert.Equal(10, v));
        Assert.All(tensor.Skip(16).Take(8), v => Assert.Equal(10, v));
        Assert.All(tensor.Skip(32).Take(8), v => Assert.Equal(10, v));
        Assert.All(tensor.Skip(8).Take(8).Concat(tensor.Skip(24).Take(8)).Concat(tensor.Skip(40)), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Write_Region_EqualsThePictureCutOut()
    {
        RgbImage picture = Pictures.Noise(50, 40, seed: 9);
        var region = new PixelRect(35, 12, 30, 20);
        byte[] cut = [.. Enumerable.Range(12, 20).SelectMany(y => picture.Pixels.ToArray().Skip(3 * ((y * 50) + 35)).Take(45))];
        var preprocessor = new ImagePreprocessor(Models.Clip with { Size = 16 });
        float[] expected = new float[preprocessor.TensorLength];
        float[] actual = new float[preprocessor.TensorLength];

        preprocessor.Write(new RgbImage(15, 20, cut), expected);
        preprocessor.Write(picture, region, actual);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Constructor_BrokenOptions_ListsEveryViolation()
    {
        var options = new ImagePreprocessing { Size = 0, Mean = [1], Std = [1, 0, 1], Range = 2 };

        var error = Assert.Throws<VisionException>(() => new ImagePreprocessor(options));

        Assert.Equal(4, error.Violations.Count);
    }
}
