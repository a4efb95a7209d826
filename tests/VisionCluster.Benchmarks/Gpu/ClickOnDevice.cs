using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>A click: bytes that cross between host and device, and its time through the queue against the decoder's run alone.</summary>
/// <param name="name">Of the decoder.</param>
/// <param name="decoder">Its file.</param>
/// <param name="records">Whether its runs are replayed as CUDA graphs.</param>
internal sealed class ClickOnDevice(string name, Func<string> decoder, bool records = false) : IGpuCheck
{
    private const int Windows = 12;
    private const int Clicks = 100;

    public async Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write)
    {
        using var pair = new DecoderPair(decoder(), device, records ? new OnnxOptions { CudaGraphs = true } : options);
        using var processor = new DecoderPair(decoder(), new OnnxDevice(AcceleratorKind.Cpu, 0), options);
        var expected = processor.Run(false, 1);
        foreach (var onDevice in new[] { true, false })
        {
            var before = pair.Graph.HostBytes;
            var worst = pair.Run(onDevice, 1).Zip(expected, static (one, other) => Math.Abs(one - other)).Max();
            double bytes = pair.Graph.HostBytes - before;
            write(
                $"{name}: bytes between host and device a click, embedding {(onDevice ? "on the device" : "in the host's memory")}",
                new Figure(bytes, bytes, bytes, "B", true, string.Create(CultureInfo.InvariantCulture, $"scores differ by {worst:g2} from a processor's")));
        }

        var environment = new BatchingEnvironment(
            TimeProvider.System,
            static _ => 1,
            new BatchingInstruments(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()),
            static _ => { });
        await using var near = new BatchExecutor<SamDecoderInput, SamDecoderOutput>("near", pair.Runner(true), new BatchingOptions(), environment);
        await using var far = new BatchExecutor<SamDecoderInput, SamDecoderOutput>("far", pair.Runner(false), new BatchingOptions(), environment);
        var samples = new List<double>[4];
        for (var side = 0; side < samples.Length; side++)
        {
            samples[side] = [];
        }

        for (var window = -2; window < Windows; window++)
        {
            for (var side = 0; side < samples.Length; side++)
            {
                var onDevice = side % 2 == 0;
                var times = side < 2
                    ? await TimeAsync(async () => (await (onDevice ? near : far).EnqueueAsync(
                        pair.Click(onDevice, 0), new WorkTicket(TenantId.Default, RequestLane.Interactive), 1, 4, default)).Output.Dispose())
                    : await TimeAsync(() =>
                    {
                        pair.Run(onDevice, 1);
                        return Task.CompletedTask;
                    });
                if (window >= 0)
                {
                    samples[side].AddRange(times);
                }
            }
        }

        string[] sides = ["on the device, through the queue", "in the host's memory, through the queue", "on the device, bare run", "in the host's memory, bare run"];
        for (var side = 0; side < sides.Length; side++)
        {
            double[] sorted = [.. samples[side].Order()];
            write(
                $"{name}: click, embedding {sides[side]}",
                Figure.Of(sorted, "ms", static _ => true, string.Create(CultureInfo.InvariantCulture, $"p99 {Figure.At(sorted, 0.99):0.###} ms")));
        }
    }

    private static async Task<double[]> TimeAsync(Func<Task> click)
    {
        var samples = new double[Clicks];
        for (var i = 0; i < Clicks; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await click();
            samples[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        return samples;
    }
}
