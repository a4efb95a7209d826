using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>How many calls a second pass grain and batcher.</summary>
internal sealed class CallRate : IBenchmark
{
    private const int Callers = 64;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    public string Name => "calls/s through grain + batcher, trivial model, 64 callers";

    public string Bar => ">= 60,000";

    public async Task<Figure> RunAsync()
    {
        using var host = await EchoSilo.StartAsync();
        var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(0);
        var rates = new List<double>();
        for (var window = -2; window < 12; window++)
        {
            var started = Stopwatch.GetTimestamp();
            var counts = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                var calls = 0;
                for (; Stopwatch.GetElapsedTime(started) < Window; calls++)
                {
                    await grain.EchoAsync(calls);
                }

                return calls;
            })));
            if (window >= 0)
            {
                rates.Add(counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
        }

        await host.StopAsync();
        return Figure.Of(rates, "calls/s", median => median >= 60_000);
    }
}
