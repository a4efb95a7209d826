namespace VisionCluster.Cli.Bench;

/// <summary>What was measured of one operation.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Succeeded">How many were answered.</param>
/// <param name="PerSecond">How many of these a second.</param>
/// <param name="Failed">How many were refused or failed, by error code.</param>
/// <param name="Latency">Of those that were answered.</param>
/// <param name="Stages">Mean milliseconds that the server says it spent.</param>
internal sealed record OperationFigures(
    string Operation,
    long Succeeded,
    double PerSecond,
    IReadOnlyDictionary<string, long> Failed,
    LatencyFigures Latency,
    StageFigures Stages);
