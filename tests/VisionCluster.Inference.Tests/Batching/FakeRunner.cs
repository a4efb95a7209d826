using System.Collections.Concurrent;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

/// <summary>A device that doubles numbers and does what a test wants before.</summary>
internal sealed class FakeRunner : IBatchRunner<int, int>
{
    public ConcurrentQueue<int[]> Runs { get; } = new();

    public ConcurrentQueue<string?> Threads { get; } = new();

    public Action<int[]> BeforeRun { get; set; } = static _ => { };

    /// <summary>Inputs whose output is not a number.</summary>
    public HashSet<int> Undefined { get; } = [];

    public IStagedBatch<int> Stage(IReadOnlyList<int> inputs) => new Staged(this, [.. inputs]);

    private sealed class Staged(FakeRunner runner, int[] inputs) : IStagedBatch<int>
    {
        public void Run(Span<ItemOutput<int>> outputs)
        {
            runner.Threads.Enqueue(Thread.CurrentThread.Name);
            runner.BeforeRun(inputs);
            runner.Runs.Enqueue(inputs);
            for (var i = 0; i < inputs.Length; i++)
            {
                outputs[i] = runner.Undefined.Contains(inputs[i])
                    ? new(0, new InvalidDataException("not a number"))
                    : new(inputs[i] * 2);
            }
        }

        public void Dispose()
        {
        }
    }
}
