namespace VisionCluster.Inference.Batching;

/// <summary>A graph that runs many items at once.</summary>
public interface IBatchRunner<TInput, TOutput>
{
    /// <summary>
    /// Puts inputs where the device reads them. May be called while an earlier batch runs, by another thread, but
    /// never by two threads at once.
    /// </summary>
    IStagedBatch<TOutput> Stage(IReadOnlyList<TInput> inputs);
}
