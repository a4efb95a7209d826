using Xunit;

namespace VisionCluster.TestKit.Processes;

/// <summary>A test that starts a real redis-server, and maybe sends signals.</summary>
public sealed class RedisFactAttribute : FactAttribute
{
    /// <summary>Skips where there is none.</summary>
    public RedisFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "needs the signals of Linux";
        }
        else if (!RedisServer.IsInstalled)
        {
            Skip = "needs redis-server (apt-get install redis-server)";
        }
    }
}
