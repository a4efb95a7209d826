using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace VisionCluster.Benchmarks.Scaling;

/// <summary>
/// Calls a second on eight worker silos against one, each a process with a simulated device, called from a gateway silo
/// without one. Both sides run in the same cluster, one after the other: callers of one silo's sessions, then of all.
/// </summary>
internal sealed class WorkerScaling : IBenchmark
{
    private const int Workers = 8;
    private const int CallersEach = SimulatedDevice.BatchSize * 4;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    public string Name => "1 -> 8 worker silos on simulated devices, separate processes";

    public string Bar => ">= 7.2x";

    public Task<Figure> RunAsync() => WithWorkersAsync(Workers, MeasureAsync);

    /// <summary>Calls a second of clusters of so many worker silos: the median of a few windows.</summary>
    public static async Task<IReadOnlyList<(int Silos, double Rate)>> RatesAsync(IReadOnlyList<int> sizes) => await WithWorkersAsync(
        sizes.Max(),
        async grains =>
        {
            var silos = await SessionsBySiloAsync(grains, sizes.Max());
            var rates = new List<(int, double)>();
            foreach (var size in sizes)
            {
                ISimulatedSessionGrain[] sessions = [.. silos.Take(size).SelectMany(static sessions => sessions)];
                var windows = new List<double>();
                for (var window = 0; window < 5; window++)
                {
                    windows.Add(await RateAsync(sessions));
                }

                rates.Add((size, Figure.At([.. windows.Order()], 0.5)));
            }

            return rates;
        });

    private static async Task<T> WithWorkersAsync<T>(int count, Func<IGrainFactory, Task<T>> measure)
    {
        await using var gateway = SimulatedWorker.Create(["--Vision:Roles:Worker=false"]);
        await gateway.StartAsync();
        var port = gateway.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint.Port;
        var workers = new List<WorkerProcess>();
        try
        {
            for (var i = 0; i < count; i++)
            {
                workers.Add(await WorkerProcess.StartAsync(port));
            }

            var result = await measure(gateway.Services.GetRequiredService<IGrainFactory>());
            await gateway.StopAsync();
            return result;
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    private static async Task<Figure> MeasureAsync(IGrainFactory grains)
    {
        var silos = await SessionsBySiloAsync(grains, Workers);
        var (ratios, alone) = (new List<double>(), new List<double>());
        for (var pair = -1; pair < 12; pair++)
        {
            var one = await RateAsync(silos[(pair + Workers) % Workers]);
            var all = await RateAsync([.. silos.SelectMany(static sessions => sessions)]);
            if (pair >= 0)
            {
                ratios.Add(all / one);
                alone.Add(one);
            }
        }

        return Figure.Of(ratios, "x", median => median >= 7.2, string.Create(
            CultureInfo.InvariantCulture,
            $"a device takes {SimulatedDevice.Run.TotalMilliseconds} ms a run and {SimulatedDevice.Item.TotalMilliseconds} ms an item, asleep, so that two cores are not the limit; {CallersEach} sessions and callers a silo; one silo {Figure.At([.. alone.Order()], 0.5):0} calls/s"));
    }

    /// <summary>Sessions are placed as images are; of what came to each silo equally many are used.</summary>
    private static async Task<ISimulatedSessionGrain[][]> SessionsBySiloAsync(IGrainFactory grains, int workers)
    {
        var bySilo = new Dictionary<int, List<ISimulatedSessionGrain>>();
        for (var key = 0; bySilo.Count < workers || bySilo.Values.Any(sessions => sessions.Count < CallersEach); key++)
        {
            if (key > 100_000)
            {
                throw new InvalidOperationException($"Sessions came to {bySilo.Count} silos only.");
            }

            var session = grains.GetGrain<ISimulatedSessionGrain>(key);
            var silo = await session.WhereAsync();
            if (!bySilo.TryGetValue(silo, out var sessions))
            {
                bySilo.Add(silo, sessions = []);
            }

            sessions.Add(session);
        }

        return [.. bySilo.Values.Select(static sessions => sessions.Take(CallersEach).ToArray())];
    }

    private static async Task<double> RateAsync(ISimulatedSessionGrain[] sessions)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(sessions.Select(session => Task.Run(async () =>
        {
            var calls = 0;
            for (; Stopwatch.GetElapsedTime(started) < Window; calls++)
            {
                await session.RunAsync(calls);
            }

            return calls;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
