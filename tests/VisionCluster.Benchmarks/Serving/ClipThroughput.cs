using System.Diagnostics;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>
/// CLIP images a second through the grain client, 64 callers, against a bare loop at its best batch size. The cluster
/// cuts each picture out of an image, preprocesses it and ranks labels; the bare loop runs ready tensors.
/// </summary>
internal sealed class ClipThroughput : IBenchmark
{
    private const int Callers = 64;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    public string Name => "cluster throughput, CLIP images, 64 under way through the grain client (8 callers of 8 crops) / bare ORT loop at its best batch";

    public string Bar => ">= 0.95";

    public async Task<Figure> RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        var session = await BenchServer.UploadAsync(server);
        var folder = ManifestReader.Read(Path.Combine(AppContext.BaseDirectory, "models", "starter-clip"));
        using var graph = new OnnxGraph(folder.PathOf("imageEncoder"), new OnnxDevice(AcceleratorKind.Cpu, 0), new OnnxOptions());
        using var runner = new ImageEncoderRunner(
            graph, "pixel_values", ["image_embeds"], folder.Manifest.Image.Size, new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        var ratios = new List<double>();
        for (var pair = -1; pair < 12; pair++)
        {
            var cluster = await ClusterAsync(session);
            var bare = new[] { 1, 4, 8 }.Max(batch => Bare(runner, folder.Manifest.Image.Size, batch));
            if (pair >= 0)
            {
                ratios.Add(cluster / bare);
            }
        }

        return Figure.Of(ratios, "x", median => median >= 0.95, "the cluster side also crops, preprocesses and ranks");
    }

    private static async Task<double> ClusterAsync(IImageSessionGrain session)
    {
        var request = new DetectRequest
        {
            Labels = ["dog face", "pizza"],
            Boxes = [.. Enumerable.Range(0, 8).Select(i => new PixelBox(i * 40, i * 30, (i * 40) + 200, (i * 30) + 200))],
            RegionEncoder = RegionEncoder.Crop,
            Templates = PromptTemplates.Simple,
        };
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Callers / 8).Select(_ => Task.Run(async () =>
        {
            var images = 0;
            for (; Stopwatch.GetElapsedTime(started) < Window; images += request.Boxes.Count)
            {
                await session.DetectAsync(request, CallOptions.Default, default);
            }

            return images;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Bare(ImageEncoderRunner runner, int size, int batch)
    {
        using var tensor = new PixelTensor(3 * size * size);
        tensor.Values.Clear();
        var inputs = Enumerable.Repeat(tensor, batch).ToArray();
        var outputs = new ItemOutput<EncodedImage>[batch];
        var (images, started) = (0, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(started) < Window / 3; images += batch)
        {
            using var staged = runner.Stage(inputs);
            staged.Run(outputs);
        }

        return images / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
