namespace VisionCluster.Inference.Batching;

/// <summary>What the policy knows of a queue.</summary>
/// <param name="Ready">Items that could share the next run, at most.</param>
/// <param name="OldestEnqueuedAt">When the oldest of the chosen class came, timestamp.</param>
internal readonly record struct QueueSnapshot(int Ready, long OldestEnqueuedAt);
