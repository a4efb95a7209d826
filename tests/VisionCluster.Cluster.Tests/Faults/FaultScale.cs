namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>Short in CI; whole where <c>VISIONCLUSTER_FULL_FAULTS=1</c>. The seed makes a run repeatable.</summary>
internal static class FaultScale
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("VISIONCLUSTER_FULL_FAULTS") == "1";

    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("VISIONCLUSTER_SEED"), out var seed) ? seed : 20261124;

    /// <summary>How much longer a silo stands still after the others went on without it.</summary>
    public static TimeSpan Stall => TimeSpan.FromSeconds(IsFull ? 13 : 1);

    public static int Sessions => IsFull ? 200 : 45;
}
