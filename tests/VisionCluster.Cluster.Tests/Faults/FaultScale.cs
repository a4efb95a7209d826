namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>Short in CI; whole where <c>VISIONCLUSTER_FULL_FAULTS=1</c>. The seed makes a run repeatable.</summary>
internal static class FaultScale
{
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("VISIONCLUSTER_FULL_FAULTS") == "1";

    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("VISIONCLUSTER_SEED"), out var seed) ? seed : 20261124;

    /// <summary>A published bar, which is for a machine of one's own: in CI others take its cores.</summary>
    public static TimeSpan Bar(int seconds) => TimeSpan.FromSeconds(IsFull ? seconds : 5 * seconds);

    /// <summary>How much longer a silo stands still after the others went on without it.</summary>
    public static TimeSpan Stall => TimeSpan.FromSeconds(IsFull ? 13 : 1);

    /// <summary>Long enough for any machine; nothing is measured by it.</summary>
    public static TimeSpan Patience => TimeSpan.FromMinutes(3);

    public static int Sessions => IsFull ? 200 : 45;
}
