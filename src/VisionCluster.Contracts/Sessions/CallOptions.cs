namespace VisionCluster.Contracts.Sessions;

/// <summary>How a call is to be scheduled. It travels from the HTTP request to the device's queue.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.CallOptions")]
public sealed record CallOptions
{
    /// <summary>An online call of default priority without a deadline.</summary>
    public static readonly CallOptions Default = new();

    /// <summary>A click or a hover: served before everything else.</summary>
    public static readonly CallOptions Interactive = new() { Lane = RequestLane.Interactive };

    /// <summary>A call that nobody waits for: served behind everything else.</summary>
    public static readonly CallOptions Bulk = new() { Lane = RequestLane.Bulk };

    /// <summary>Which lane the call queues in.</summary>
    [Id(0)]
    public RequestLane Lane { get; init; } = RequestLane.Online;

    /// <summary>1 (first) to the model's <c>priorityLevels</c>; 0 is the model's default.</summary>
    [Id(1)]
    public int Priority { get; init; }

    /// <summary>
    /// How long the caller waits, counted from the moment the call reaches a queue's silo; clocks of two machines are
    /// never compared. Null: as long as the server's own limit.
    /// </summary>
    [Id(2)]
    public TimeSpan? Timeout { get; init; }
}
