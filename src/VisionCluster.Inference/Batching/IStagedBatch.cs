namespace VisionCluster.Inference.Batching;

/// <summary>A batch whose inputs lie ready for the device.</summary>
public interface IStagedBatch<TOutput> : IDisposable
{
    /// <summary>Runs the batch on the calling thread, which it blocks, and fills in one output an item.</summary>
    void Run(Span<ItemOutput<TOutput>> outputs);
}
