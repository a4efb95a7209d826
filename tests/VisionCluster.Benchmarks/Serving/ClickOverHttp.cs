using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>A click on a warm session over HTTP, against the bare decoder's run.</summary>
internal sealed class ClickOverHttp : IBenchmark
{
    private const int Clicks = 100;
    private const double AllowedFactor = 1.15;

    /// <summary>Some thousand calls, until the just-in-time compiler has nothing left to do beside them.</summary>
    private const int WarmUpPairs = 20;

    private const string Map = "image_embeddings";

    public string Name => "SAM click on a warm session through HTTP / (1.15 x bare decoder run + 1 ms)";

    public string Bar => "<= 1";

    public async Task<Figure> RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        var session = await BenchServer.UploadAsync(server);
        await session.WarmAsync(EmbeddingKind.Sam, CallOptions.Default, default);
        var id = (await session.DescribeAsync(default)).Id;
        var folder = ManifestReader.Read(Path.Combine(AppContext.BaseDirectory, "models", "starter-sam"));
        using var graph = new OnnxGraph(folder.PathOf("maskDecoder"), new OnnxDevice(AcceleratorKind.Cpu, 0), new OnnxOptions(), keepRunMemory: true);
        long[] shape = [1, .. graph.Inputs[Map].Dimensions.Skip(1).Select(d => (long)d)];
        using var runner = new SamDecoderRunner(
            graph,
            new MetaDialect(graph, Map),
            new FeatureMaps([Map], [shape], EmbeddingPrecision.Full, null),
            new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        var blank = new SamEmbedding(new float[shape.Aggregate((a, b) => a * b)], shape);
        var prompt = new SamDecoderInput(blank, [60, 80, 0, 0], [1, -1], null);
        var (ratios, http, bare, ran) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var pair = -WarmUpPairs; pair < 12; pair++)
        {
            var through = await MedianAsync(async () =>
            {
                using var answer = await server.Http.PostAsync(
                    $"/v1/images/{id}/segment",
                    new StringContent("""{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false}""", Encoding.UTF8, "application/json"));
                ran.Add(RunOf(answer));
                return true;
            });
            var alone = await MedianAsync(() =>
            {
                using var staged = runner.Stage([prompt]);
                var outputs = new ItemOutput<SamDecoderOutput>[1];
                staged.Run(outputs);
                outputs[0].Value!.Dispose();
                return Task.FromResult(true);
            });
            if (pair >= 0)
            {
                http.Add(through);
                bare.Add(alone);
                ratios.Add(through / ((AllowedFactor * alone) + 1));
            }
        }

        return Figure.Of(
            ratios, "x", median => median <= 1,
            $"{http.Order().ElementAt(6):0.0} ms, its run {ran.Order().ElementAt(ran.Count / 2):0.0} ms, against {bare.Order().ElementAt(6):0.0} ms bare");
    }

    /// <summary>Milliseconds that the decoder ran for a click, as the server says itself.</summary>
    private static double RunOf(HttpResponseMessage answer) => double.Parse(
        Regex.Match(string.Join(',', answer.Headers.GetValues("Server-Timing")), @"inference;dur=([\d.]+)").Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private static async Task<double> MedianAsync<T>(Func<Task<T>> call)
    {
        var samples = new double[Clicks];
        for (var i = 0; i < Clicks; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await call();
            samples[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(samples);
        return Figure.At(samples, 0.5);
    }
}
