using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Batching;

/// <summary>
/// How a graph's queue forms batches: the <c>batching</c> block of a model's manifest. Names and defaults are those of
/// Triton's dynamic batcher and queue policy (triton-inference-server model configuration) where it has them. A name that is none of
/// them is refused: it would do nothing.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BatchingOptions
{
    /// <summary>Bound of every queue whose <see cref="MaxQueueSize"/> is 0.</summary>
    public const int QueueBound = 4096;

    /// <summary>Most items of one run.</summary>
    [Range(1, 1024)]
    public int MaxBatchSize { get; init; } = 8;

    /// <summary>While the queue may still wait, batches of just these sizes leave at once; ascending.</summary>
    public IReadOnlyList<int> PreferredBatchSizes { get; init; } = [];

    /// <summary>How long a free device may wait for company for the oldest item; 0 is work-conserving.</summary>
    [Range(0, 10_000_000)]
    public long MaxQueueDelayMicroseconds { get; init; }

    /// <summary>Priorities inside a lane, 1 (first) to this; 0 is the same as 1.</summary>
    [Range(0, 16)]
    public int PriorityLevels { get; init; }

    /// <summary>Priority of an item that names none; 0 is the last.</summary>
    [Range(0, 16)]
    public int DefaultPriorityLevel { get; init; }

    /// <summary>What happens to an item that waited longer than its timeout.</summary>
    public TimeoutAction TimeoutAction { get; init; }

    /// <summary>Longest wait in the queue; 0 is without limit but for the caller's deadline.</summary>
    [Range(0, 3_600_000_000)]
    public long DefaultTimeoutMicroseconds { get; init; }

    /// <summary>Whether a shorter timeout of the item's own counts.</summary>
    public bool AllowTimeoutOverride { get; init; }

    /// <summary>Most items waiting; 0 is <see cref="QueueBound"/>.</summary>
    [Range(0, 1_000_000)]
    public int MaxQueueSize { get; init; }

    /// <summary>Most cost of one run, in the graph's unit (images, tokens, prompts); 0 is without limit.</summary>
    [Range(0, double.MaxValue)]
    public double MaxBatchCost { get; init; }

    /// <summary>After each such wait the oldest item's lane is treated as one lane more urgent.</summary>
    [Range(1_000, 60_000_000)]
    public long LaneAgeingMicroseconds { get; init; } = 1_000_000;

    /// <summary>Share of the queue that one tenant may fill, so that a flood leaves room for the others.</summary>
    [Range(0.01, 1)]
    public double TenantQueueShare { get; init; } = 0.5;

    /// <summary>How full the queue may be for a call on the online lane to be taken; the interactive one may fill it.</summary>
    [Range(0.01, 1)]
    public double OnlineQueueShare { get; init; } = 0.9;

    /// <summary>The same for a call on the bulk lane, which is refused first.</summary>
    [Range(0.01, 1)]
    public double BulkQueueShare { get; init; } = 0.7;

    /// <summary>Copies of the graph that run side by side on the device.</summary>
    [Range(1, 16)]
    public int Instances { get; init; } = 1;

    /// <summary>Longest run in seconds before it is ended and its items fail.</summary>
    [Range(0.01, 3600)]
    public double RunLimitSeconds { get; init; } = 60;

    /// <summary>The bound that is in force.</summary>
    internal int QueueCapacity => MaxQueueSize == 0 ? QueueBound : MaxQueueSize;

    /// <summary>
    /// Items of calls on the bulk lane under way at once: one batch that runs and one that waits keep the device busy, and
    /// none waits so long that it rises to the lane of clicks.
    /// </summary>
    internal int BulkWindow => MaxBatchSize * 2 * Instances;

    /// <summary>Priority levels of a lane, at least one.</summary>
    internal int Levels => Math.Max(1, PriorityLevels);
}
