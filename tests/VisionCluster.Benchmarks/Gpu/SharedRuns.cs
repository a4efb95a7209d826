using System.Diagnostics;
using System.Globalization;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>Clicks on eight images in one run: their maps gathered on the device, or in the host's memory and copied there.</summary>
internal sealed class SharedRuns : IGpuCheck
{
    private const int Images = 8;
    private const int Runs = 60;

    public Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write)
    {
        using var pair = new DecoderPair(SamDecoders.FullSize(), device, options);
        var worst = pair.Run(true, Images).Zip(pair.Run(false, Images), static (near, far) => Math.Abs(near - far)).Max();
        var (near, far) = (new List<double>(), new List<double>());
        for (var run = -10; run < Runs; run++)
        {
            var (onDevice, onHost) = (Time(pair, true), Time(pair, false));
            if (run >= 0)
            {
                near.Add(onDevice);
                far.Add(onHost);
            }
        }

        var remark = string.Create(CultureInfo.InvariantCulture, $"scores of both differ by {worst:g2}");
        write("8 clicks on 8 images of SAM's size in one run, gathered on the device", Figure.Of(near, "ms", static _ => true, remark));
        write("the same, gathered in the host's memory", Figure.Of(far, "ms", static _ => true));
        return Task.CompletedTask;
    }

    private static double Time(DecoderPair pair, bool onDevice)
    {
        var started = Stopwatch.GetTimestamp();
        pair.Run(onDevice, Images);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
