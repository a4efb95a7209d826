using System.Diagnostics;

namespace VisionCluster.Inference.Batching;

/// <summary>An item's output and what became of it on the way.</summary>
/// <param name="Output">The graph's output for the item.</param>
/// <param name="Queued">Time from entering the queue to the start of the run.</param>
/// <param name="Ran">Length of the run.</param>
/// <param name="BatchSize">Items that shared the run.</param>
/// <param name="Batch">The batch's span; default where none is recorded.</param>
public readonly record struct BatchResult<TOutput>(TOutput Output, TimeSpan Queued, TimeSpan Ran, int BatchSize, ActivityContext Batch = default);
