using VisionCluster.Grains.Placement;

namespace VisionCluster.Benchmarks.Scaling.Simulation;

/// <summary>The same callers, devices and batches as <see cref="WorkerScaling"/> has in real processes, in simulated time.</summary>
internal static class ClosedLoopSimulation
{
    private const long Network = 300;

    /// <summary>Calls a second.</summary>
    public static double Run(int silos, int callersEach)
    {
        var loop = new EventLoop();
        var graphs = Enumerable.Range(0, silos).Select(_ => new SimulatedGraph(
            loop,
            SimulatedDevice.BatchSize,
            (long)SimulatedDevice.Run.TotalMicroseconds,
            (long)SimulatedDevice.Item.TotalMicroseconds)).ToArray();
        var (calls, random) = (0, new Random(1));
        for (var caller = 0; caller < silos * callersEach; caller++)
        {
            Call(caller < silos ? graphs[caller] : TwoChoices.Choose(graphs, static graph => graph.Queued, random));
        }

        loop.RunUntil(30 * ScaleSimulation.Second);
        return calls / 30d;

        void Call(SimulatedGraph graph) => loop.After(Network, () => graph.Add(() =>
        {
            calls++;
            Call(graph);
        }));
    }
}
