using System.Globalization;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Benchmarks.Imaging;

/// <summary>A 12-megapixel JPEG to CLIP's tensor, on one thread, against Pillow, whose pixels ours equal.</summary>
internal sealed class JpegToTensor : IBenchmark
{
    private const int Width = 4000;
    private const int Height = 3000;

    private static readonly ImagePreprocessing Clip = new()
    {
        Size = 224,
        Resize = ResizeMode.ShortestSideCrop,
        Interpolation = Interpolation.Bicubic,
        Mean = [0.48145466f, 0.4578275f, 0.40821073f],
        Std = [0.26862954f, 0.26130258f, 0.27577711f],
        Range = 1,
    };

    public string Name => "Pillow / ours, a 12 MP JPEG to CLIP's input, processor time";

    public string Bar => ">= 3x";

    public async Task<Figure> RunAsync()
    {
        var jpeg = JpegWriter.Write(Picture());
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, jpeg);
        var codec = new VipsImageCodec(new ImageLimits());
        var preprocessor = new ImagePreprocessor(Clip);
        var tensor = new float[preprocessor.TensorLength];
        var (ratios, ours, theirs) = (new List<double>(), new List<double>(), new List<double>());
        using var pillow = PillowProcess.Start();
        for (var pair = -2; pair < 12; pair++)
        {
            // Processor time on both sides, which a busy neighbour leaves as it is.
            var started = Environment.CpuUsage.TotalTime;
            codec.DecodeInto(jpeg, preprocessor, tensor, default);
            var own = (Environment.CpuUsage.TotalTime - started).TotalMilliseconds;
            var other = pillow is null ? double.NaN : await pillow.RunAsync(path);
            if (pair >= 0)
            {
                ours.Add(own);
                theirs.Add(other);
                ratios.Add(other / own);
            }
        }

        File.Delete(path);
        var (mine, pillows) = (Figure.At([.. ours.Order()], 0.5), Figure.At([.. theirs.Order()], 0.5));
        return Figure.Of(ratios, "x", median => median >= 3, pillow is null
            ? string.Create(CultureInfo.InvariantCulture, $"ours {mine:0} ms; no Python with Pillow on this machine")
            : string.Create(CultureInfo.InvariantCulture, $"ours {mine:0} ms with the tensor, Pillow {pillows:0} ms without"));
    }

    /// <summary>Something like a photograph: soft shapes and grain.</summary>
    private static RgbImage Picture()
    {
        var random = new Random(3);
        var pixels = new byte[3 * Width * Height];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var grain = random.Next(-8, 9);
                for (var channel = 0; channel < 3; channel++)
                {
                    var shape = 110 + (70 * Math.Sin((x + (channel * 400)) / 310d)) + (50 * Math.Cos((y - (channel * 200)) / 170d));
                    pixels[(3 * ((y * Width) + x)) + channel] = (byte)Math.Clamp(shape + grain, 0, 255);
                }
            }
        }

        return new RgbImage(Width, Height, pixels);
    }
}
