using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Imaging.Isolation;
using VisionCluster.Server.Roles;

namespace VisionCluster.Benchmarks.Imaging;

/// <summary>A JPEG decoded by a process of its own against the server's own decoder, in turn.</summary>
internal sealed class IsolatedDecode : IBenchmark
{
    public string Name => "decoder process / own process, a 12 MP JPEG to pixels";

    public string Bar => "none";

    public Task<Figure> RunAsync()
    {
        var limits = new ImageLimits();
        var own = new VipsImageCodec(limits);
        using var isolated = new IsolatedImageCodec(
            limits, new DecoderOptions { Processes = 1 }, DecoderSetup.Command(), TimeProvider.System, NullLogger<IsolatedImageCodec>.Instance);
        var (large, small) = (Pairs(own, isolated, 4000, 3000, 12), Pairs(own, isolated, 640, 480, 60));
        return Task.FromResult(Figure.Of(large.Ratios, "x", static _ => true, string.Create(
            CultureInfo.InvariantCulture,
            $"{large.Own:0.0} ms and {large.Isolated:0.0} ms; 640x480: {small.Own:0.00} ms and {small.Isolated:0.00} ms")));
    }

    private static (List<double> Ratios, double Own, double Isolated) Pairs(IImageCodec own, IImageCodec isolated, int width, int height, int pairs)
    {
        var pixels = new byte[3 * width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(128 + (100 * Math.Sin(i / 3 % width / 40d)) + (i * 7919 % 13));
        }

        var jpeg = JpegWriter.Write(new RgbImage(width, height, pixels));
        var (ratios, ours, theirs) = (new List<double>(), new List<double>(), new List<double>());
        for (var pair = -3; pair < pairs; pair++)
        {
            var (first, second) = (Time(own, jpeg), Time(isolated, jpeg));
            if (pair >= 0)
            {
                ratios.Add(second / first);
                ours.Add(first);
                theirs.Add(second);
            }
        }

        return (ratios, Figure.At([.. ours.Order()], 0.5), Figure.At([.. theirs.Order()], 0.5));
    }

    private static double Time(IImageCodec codec, byte[] jpeg)
    {
        var started = Stopwatch.GetTimestamp();
        codec.Decode(jpeg, default);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
