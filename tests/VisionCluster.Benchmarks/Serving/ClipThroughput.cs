using System.Diagnostics;
using System.Globalization;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>
/// CLIP images a second through the grain client, 64 callers of one picture each, against a bare loop at its best batch
/// size, and the processor time an image of both. The cluster cuts each picture out of an image, preprocesses it and
/// scores labels; the bare loop runs ready tensors.
/// </summary>
/// <param name="model">What the row calls the model.</param>
/// <param name="window">How long each side runs in a pair.</param>
/// <param name="directory">Makes the folder of the model's folder; null for the starter models.</param>
internal sealed class ClipThroughput(string model, TimeSpan window, Func<ClipDirectory>? directory = null) : IBenchmark
{
    private const int Callers = 64;
    private const int CropSide = 64;
    private const int WarmUpPairs = 2;

    public string Name => $"cluster throughput, {model}, 64 callers of one crop each through the grain client / bare ORT loop at its best batch";

    public string Bar => ">= 0.95; CPU an item <= 1.05x";

    public async Task<Figure> RunAsync()
    {
        using var models = directory?.Invoke();
        await using var server = await VisionTestServer.StartAsync(null, models is null ? [] : [$"Vision:Models:Directories:0={models.Path}"]);
        var session = await BenchServer.UploadAsync(server);
        var folder = ManifestReader.Read(models?.Model ?? Path.Combine(AppContext.BaseDirectory, "models", "starter-clip"));
        using var graph = new OnnxGraph(folder.PathOf("imageEncoder"), new OnnxDevice(AcceleratorKind.Cpu, 0), new OnnxOptions());
        using var runner = new ImageEncoderRunner(
            graph, "pixel_values", ["image_embeds"], folder.Manifest.Image.Size, new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        var (ratios, processor, sizes) = (new List<double>(), new List<double>(), new List<double>());
        for (var pair = -WarmUpPairs; pair < 12; pair++)
        {
            var cluster = await ClusterAsync(session);
            var bare = new[] { 1, 4, 8 }.Select(batch => (Batch: batch, Side: Bare(runner, folder.Manifest.Image.Size, batch)))
                .MaxBy(bare => bare.Side.Rate);
            if (pair >= 0)
            {
                ratios.Add(cluster.Rate / bare.Side.Rate);
                processor.Add(cluster.ProcessorMilliseconds / bare.Side.ProcessorMilliseconds);
                sizes.Add(bare.Batch);
            }
        }

        var used = Figure.At([.. processor.Order()], 0.5);
        return Figure.Of(
            ratios,
            "x",
            median => median >= 0.95 && used <= 1.05,
            string.Create(CultureInfo.InvariantCulture, $"CPU an item {used:0.000}x; best batch {Figure.At([.. sizes.Order()], 0.5)}; the cluster side also crops, preprocesses and scores"));
    }

    private async Task<Side> ClusterAsync(IImageSessionGrain session)
    {
        var requests = Enumerable.Range(0, Callers).Select(i => new DetectRequest
        {
            Labels = ["dog face", "pizza"],
            Boxes = [new PixelBox(i % 8 * 70, i / 8 * 50, (i % 8 * 70) + CropSide, (i / 8 * 50) + CropSide)],
            RegionEncoder = RegionEncoder.Crop,
            Templates = PromptTemplates.Simple,
        }).ToArray();
        var (started, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var counts = await Task.WhenAll(requests.Select(request => Task.Run(async () =>
        {
            var images = 0;
            for (; Stopwatch.GetElapsedTime(started) < window; images++)
            {
                await session.DetectAsync(request, CallOptions.Default, default);
            }

            return images;
        })));
        return Side.Of(counts.Sum(), started, processor);
    }

    private Side Bare(ImageEncoderRunner runner, int size, int batch)
    {
        using var tensor = new PixelTensor(3 * size * size);
        tensor.Values.Clear();
        var inputs = Enumerable.Repeat(tensor, batch).ToArray();
        var outputs = new ItemOutput<EncodedImage>[batch];
        var (images, started, processor) = (0, Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (; Stopwatch.GetElapsedTime(started) < window / 3; images += batch)
        {
            using var staged = runner.Stage(inputs);
            staged.Run(outputs);
        }

        return Side.Of(images, started, processor);
    }

    /// <summary>What one side did in its window.</summary>
    private readonly record struct Side(double Rate, double ProcessorMilliseconds)
    {
        public static Side Of(int images, long started, TimeSpan processor) => new(
            images / Stopwatch.GetElapsedTime(started).TotalSeconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / images);
    }
}
