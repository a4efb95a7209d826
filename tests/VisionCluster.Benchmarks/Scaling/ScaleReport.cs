using System.Globalization;
using VisionCluster.Benchmarks.Scaling.Simulation;

namespace VisionCluster.Benchmarks.Scaling;

/// <summary>Prints what <c>docs/scale.md</c> says: simulated silos against real ones, then clusters that no machine here is.</summary>
internal static class ScaleReport
{
    public const string Verb = "scale";

    private const int CallersEach = SimulatedDevice.BatchSize * 4;

    public static async Task<int> RunAsync()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var worst = 0d;
        await LineAsync("| silos | real processes, calls/s | simulated, calls/s | difference |\n|---|---|---|---|");
        foreach (var (silos, real) in await WorkerScaling.RatesAsync([1, 2, 4]))
        {
            var simulated = ClosedLoopSimulation.Run(silos, CallersEach);
            worst = Math.Max(worst, Math.Abs(simulated / real - 1));
            await LineAsync($"| {silos} | {real:0} | {simulated:0} | {(simulated / real - 1) * 100:+0.0;-0.0} % |");
        }

        await LineAsync("\n| devices | load | clicks/s | click p50, ms | p99, ms | first click p99, ms | busiest / mean encoder |\n|---|---|---|---|---|---|---|");
        foreach (var devices in new[] { 8, 64, 512 })
        {
            foreach (var load in new[] { 0.5, 0.8, 0.95 })
            {
                var simulation = new ScaleSimulation(devices);
                var seconds = devices > 64 ? 40 : 60;
                simulation.Run(load, seconds);
                var (from, to) = (30 * ScaleSimulation.Second, (seconds - 2) * ScaleSimulation.Second);
                var rate = (simulation.First.CountIn(from, to) + simulation.Following.CountIn(from, to)) / ((to - from) / 1e6);
                await LineAsync($"| {devices} | {load * 100:0} % | {rate:0} | {simulation.Following.Quantile(0.5, from, to):0.0} | {simulation.Following.Quantile(0.99, from, to):0.0} | {simulation.First.Quantile(0.99, from, to):0} | {simulation.Imbalance:0.00} |");
            }
        }

        await LossAsync();
        return worst <= 0.1 ? 0 : 1;
    }

    private static async Task LossAsync()
    {
        var simulation = new ScaleSimulation(8);
        simulation.Run(0.8, 160, deathAt: 40);
        await LineAsync("\n| seconds after one of eight died, at 80 % load | click p50, ms | p99, ms |\n|---|---|---|");
        foreach (var (from, to) in new[] { (-10, 0), (0, 2), (2, 5), (5, 10), (10, 20), (20, 40), (40, 80), (80, 110) })
        {
            var (start, end) = ((40 + from) * ScaleSimulation.Second, (40 + to) * ScaleSimulation.Second);
            await LineAsync($"| {from} to {to} | {simulation.Following.Quantile(0.5, start, end):0.0} | {simulation.Following.Quantile(0.99, start, end):0} |");
        }

        await LineAsync($"\n{simulation.Reencoded} images were encoded again.");
    }

    private static Task LineAsync(string line) => Console.Out.WriteLineAsync(line);
}
