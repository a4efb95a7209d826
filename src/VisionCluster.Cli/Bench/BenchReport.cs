namespace VisionCluster.Cli.Bench;

/// <summary>What a run of <c>visionctl bench</c> found.</summary>
/// <param name="Scenario">What each request did.</param>
/// <param name="Loop"><c>closed</c> or <c>open</c>.</param>
/// <param name="Callers">Under way at most.</param>
/// <param name="OfferedPerSecond">Open loop: what was asked for.</param>
/// <param name="NotSent">Open loop: arrivals that found as many under way as may be.</param>
/// <param name="Seconds">Measured.</param>
/// <param name="Operations">One a kind of request.</param>
internal sealed record BenchReport(
    BenchScenario Scenario,
    string Loop,
    int Callers,
    double? OfferedPerSecond,
    long NotSent,
    double Seconds,
    IReadOnlyList<OperationFigures> Operations);
