namespace VisionCluster.TestKit.Processes;

/// <summary>A test that starts a real prometheus or promtool.</summary>
public sealed class PrometheusFactAttribute : RedisFactAttribute
{
    /// <summary>Skips where there is none.</summary>
    public PrometheusFactAttribute()
        : base(PrometheusServer.IsInstalled ? null : "needs prometheus and promtool (apt-get install prometheus)")
    {
    }
}
