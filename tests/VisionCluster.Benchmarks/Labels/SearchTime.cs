using System.Diagnostics;
using System.Globalization;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Benchmarks.Labels;

/// <summary>An exact search of one device's index.</summary>
internal sealed class SearchTime : IBenchmark
{
    private const int Images = 100_000;
    private const int Dimension = 512;
    private const int Searches = 10;

    public string Name => "search 100,000 embeddings of 512 numbers, top 10, exact";

    public string Bar => "<= 50 ms";

    public Task<Figure> RunAsync()
    {
        var random = new Random(1);
        var index = new EmbeddingIndex();
        for (var i = 0; i < Images; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{i:x32}");
            index.Add(new EmbeddingKey(new ImageKey(TenantId.Default, id), "clip@1"), Row(random));
        }

        var samples = Enumerable.Range(0, 15).Select(_ => Window(index, Row(random))).Skip(3).ToArray();
        return Task.FromResult(Figure.Of(samples, "ms", median => median <= 50));
    }

    private static float[] Row(Random random)
    {
        var row = new float[Dimension];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = random.NextSingle() - 0.5f;
        }

        return row;
    }

    private static double Window(EmbeddingIndex index, float[] query)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Searches; i++)
        {
            index.Search(TenantId.Default, "clip@1", query, 10);
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds / Searches;
    }
}
