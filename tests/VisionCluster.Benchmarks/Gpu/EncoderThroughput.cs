using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>
/// CLIP ViT-B/32 of random weights: ready pictures of 128 callers an instance through the queue, against a bare loop of runs on bound
/// buffers at the batch size that is best for it.
/// </summary>
/// <param name="records">Whether its runs are replayed as CUDA graphs.</param>
/// <param name="instances">Runs of the queue that may overlap.</param>
internal sealed class EncoderThroughput(bool records = false, int instances = 1) : IGpuCheck
{
    private const int Largest = 64;
    private const int Pairs = 12;
    private const string Input = "pixel_values";
    private const string Output = "image_embeds";

    private static readonly int[] Sizes = [1, 8, 32, Largest];

    private readonly int _callers = 128 * instances;
    private readonly TimeSpan _window = TimeSpan.FromSeconds(0.25);

    private string Name => records ? "ViT-B/32, replayed," : instances == 1 ? "ViT-B/32" : string.Create(CultureInfo.InvariantCulture, $"ViT-B/32, {instances} instances,");

    public async Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write)
    {
        var path = Path.Combine(Path.GetTempPath(), $"vit-{Environment.ProcessId}.onnx");
        VisionTransformer.Save(path, 512);
        try
        {
            using var graph = new OnnxGraph(path, device, records ? new OnnxOptions { CudaGraphs = true } : options);
            using var runner = new ImageEncoderRunner(
                graph, Input, [Output], VisionTransformer.Side, new RunLimit(TimeSpan.FromSeconds(30), TimeProvider.System));
            var environment = new BatchingEnvironment(
                TimeProvider.System,
                static _ => 1,
                new BatchingInstruments(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()),
                static _ => { });
            await using var queue = new BatchExecutor<PixelTensor, EncodedImage>(
                "vit", runner, new BatchingOptions { MaxBatchSize = Largest, Instances = instances }, environment);
            await CompareAsync(graph, queue, write);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task CompareAsync(OnnxGraph graph, BatchExecutor<PixelTensor, EncodedImage> queue, Action<string, Figure> write)
    {
        var bound = Sizes.ToDictionary(size => size, size => Bind(graph, size));
        graph.Recorder?.Close();
        var (ratios, through, best) = (new List<double>(), new List<double>(), Sizes.ToDictionary(size => size, _ => new List<double>()));
        for (var pair = -2; pair < Pairs; pair++)
        {
            var engine = await EngineAsync(queue);
            var bare = Sizes.ToDictionary(size => size, size => Bare(bound[size], size));
            if (pair >= 0)
            {
                ratios.Add(engine / bare.Values.Max());
                through.Add(engine);
                Array.ForEach(Sizes, size => best[size].Add(bare[size]));
            }
        }

        write($"{Name} through the queue / bare loop at its best batch", Figure.Of(ratios, "x", static _ => true, $"{_callers} callers, batches to {Largest}"));
        write($"{Name} through the queue", Figure.Of(through, "images/s", static _ => true));
        foreach (var size in Sizes)
        {
            write(string.Create(CultureInfo.InvariantCulture, $"{Name} bare loop, batch {size}"), Figure.Of(best[size], "images/s", static _ => true));
            bound[size].Dispose();
        }
    }

    private async Task<double> EngineAsync(BatchExecutor<PixelTensor, EncodedImage> queue)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, _callers).Select(_ => Task.Run(async () =>
        {
            using var picture = new PixelTensor(3 * VisionTransformer.Side * VisionTransformer.Side);
            picture.Values.Fill(0.1f);
            var images = 0;
            for (; Stopwatch.GetElapsedTime(started) < _window; images++)
            {
                await queue.EnqueueAsync(picture, new WorkTicket(TenantId.Default, RequestLane.Online), 1, 0, default);
            }

            return images;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private double Bare(BoundRun run, int size)
    {
        var (images, started) = (0, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(started) < _window; images += size)
        {
            run.Run(TimeSpan.FromSeconds(30), TimeProvider.System);
        }

        return images / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static BoundRun Bind(OnnxGraph graph, int size)
    {
        var run = new BoundRun(graph, [Output]);
        run.AddInput<float>(Input, size, 3, VisionTransformer.Side, VisionTransformer.Side).Data.Fill(0.1f);
        run.Run(TimeSpan.FromSeconds(30), TimeProvider.System);
        return run;
    }
}
