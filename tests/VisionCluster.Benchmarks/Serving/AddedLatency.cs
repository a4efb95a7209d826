using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Benchmarks.Batching;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>What grain and batcher add to one uncontended call of a model that does nothing.</summary>
internal sealed class AddedLatency : IBenchmark
{
    private const int Calls = 2000;
    private const int Pairs = 12;

    public string Name => "added p50 of one uncontended call over bare Run, grain + batcher, trivial model";

    public string Bar => "<= 0.10 ms";

    public async Task<Figure> RunAsync()
    {
        using var host = await EchoSilo.StartAsync();
        var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(0);
        using var runner = new SimulatedRunner(TimeSpan.Zero, TimeSpan.Zero);
        var added = new List<double>();
        for (var pair = -2; pair < Pairs; pair++)
        {
            var through = await MedianAsync(() => grain.EchoAsync(1));
            var bare = await MedianAsync(() =>
            {
                using var staged = runner.Stage([1]);
                staged.Run(new ItemOutput<int>[1]);
                return Task.CompletedTask;
            });
            if (pair >= 0)
            {
                added.Add(through - bare);
            }
        }

        await host.StopAsync();
        return Figure.Of(added, "ms", median => median <= 0.10);
    }

    private static async Task<double> MedianAsync(Func<Task> call)
    {
        var samples = new double[Calls];
        for (var i = 0; i < Calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await call();
            samples[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(samples);
        return Figure.At(samples, 0.5);
    }
}
