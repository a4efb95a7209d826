using System.Globalization;

namespace VisionCluster.Benchmarks;

/// <summary>Runs benchmarks one after another and prints them as a Markdown table.</summary>
internal static class BenchmarkTable
{
    public static async Task<int> RunAsync(IReadOnlyList<IBenchmark> benchmarks, string[] names)
    {
        var missed = 0;
        await Console.Out.WriteLineAsync("| figure | bar | median | p10..p90 | met | remark |\n|---|---|---|---|---|---|");
        foreach (var benchmark in benchmarks.Where(b => names.Length == 0 || names.Contains(b.GetType().Name)))
        {
            var figure = await benchmark.RunAsync();
            missed += figure.Met ? 0 : 1;
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"| {benchmark.Name} | {benchmark.Bar} | {figure.Median:0.###} {figure.Unit} | {figure.Low:0.###}..{figure.High:0.###} | {(figure.Met ? "yes" : "**no**")} | {figure.Remark} |"));
        }

        return missed;
    }
}
