namespace VisionCluster.TestKit.Processes;

/// <summary>Other processes know no fake time.</summary>
public static class RealTime
{
    /// <summary>Waits.</summary>
    public static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
