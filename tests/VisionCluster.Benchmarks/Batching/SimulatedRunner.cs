using VisionCluster.Inference.Batching;

namespace VisionCluster.Benchmarks.Batching;

/// <summary>A device with a fixed cost a run and a small one an item; it waits and uses no processor.</summary>
internal sealed class SimulatedRunner(TimeSpan fixedCost, TimeSpan itemCost) : IBatchRunner<int, int>, IDisposable
{
    private readonly ManualResetEventSlim _never = new(false);

    public IStagedBatch<int> Stage(IReadOnlyList<int> inputs) => new Staged(this, inputs.Count);

    public void Dispose() => _never.Dispose();

    private sealed class Staged(SimulatedRunner runner, int count) : IStagedBatch<int>
    {
        public void Run(Span<ItemOutput<int>> outputs) => runner.Wait(count, outputs);

        public void Dispose()
        {
        }
    }

    private void Wait(int count, Span<ItemOutput<int>> outputs)
    {
        var cost = fixedCost + (itemCost * count);
        if (cost > TimeSpan.Zero)
        {
            _never.Wait(cost);
        }

        outputs.Clear();
    }
}
