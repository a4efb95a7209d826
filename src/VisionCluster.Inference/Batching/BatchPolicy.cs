namespace VisionCluster.Inference.Batching;

/// <summary>
/// When a batch leaves and how large: a pure function of queue, device, clock and options. A free device is never kept
/// waiting unless the operator asked for a delay. While the device is busy only a full batch is taken, to be made
/// ready meanwhile; a smaller one stays open for company, which costs it nothing.
/// </summary>
internal static class BatchPolicy
{
    /// <param name="queue">What waits.</param>
    /// <param name="deviceFree">Whether an instance of the graph could run now.</param>
    /// <param name="now">Timestamp.</param>
    /// <param name="ticksPerMicrosecond">Resolution of timestamps.</param>
    /// <param name="options">The queue's options.</param>
    /// <param name="maxBatchSize">Most items of a run now: the option, or less after the device ran out of memory.</param>
    public static BatchDecision Decide(
        QueueSnapshot queue,
        bool deviceFree,
        long now,
        double ticksPerMicrosecond,
        BatchingOptions options,
        int maxBatchSize)
    {
        if (queue.Ready == 0)
        {
            return BatchDecision.WaitForEvent;
        }

        if (queue.Ready >= maxBatchSize)
        {
            return BatchDecision.TakeUpTo(maxBatchSize);
        }

        if (!deviceFree)
        {
            return BatchDecision.WaitForEvent;
        }

        var patience = queue.OldestEnqueuedAt + (long)(options.MaxQueueDelayMicroseconds * ticksPerMicrosecond);
        if (now >= patience)
        {
            return BatchDecision.TakeUpTo(queue.Ready);
        }

        var preferred = LargestPreferred(options.PreferredBatchSizes, queue.Ready);
        return preferred > 0 ? BatchDecision.TakeUpTo(preferred) : BatchDecision.Until(patience);
    }

    private static int LargestPreferred(IReadOnlyList<int> sizes, int ready)
    {
        var largest = 0;
        for (var i = 0; i < sizes.Count; i++)
        {
            largest = sizes[i] <= ready ? Math.Max(largest, sizes[i]) : largest;
        }

        return largest;
    }
}
