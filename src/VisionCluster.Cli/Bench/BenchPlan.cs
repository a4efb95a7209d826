namespace VisionCluster.Cli.Bench;

/// <summary>How requests come, and for how long.</summary>
/// <param name="Scenario">What each does.</param>
/// <param name="Callers">Closed loop: so many, each asking again when it was answered. Open loop: at most so many under way.</param>
/// <param name="RatePerSecond">Open loop: requests a second on average, at times of a Poisson process; null: closed loop.</param>
/// <param name="WarmUp">Not measured.</param>
/// <param name="Duration">Measured, after the warm-up.</param>
/// <param name="Seed">Of the points clicked and the times of arrival.</param>
internal sealed record BenchPlan(
    BenchScenario Scenario, int Callers, double? RatePerSecond, TimeSpan WarmUp, TimeSpan Duration, int Seed);
