using Xunit;

namespace VisionCluster.TestKit.Processes;

/// <summary>A test that starts a real redis-server, and maybe sends signals.</summary>
public class RedisFactAttribute : FactAttribute
{
    /// <summary>Skips where there is none.</summary>
    /// <param name="unless">Why not to run it even so; null to run it.</param>
    public RedisFactAttribute(string? unless = null)
    {
        Skip = unless;
        if (Skip is null && !OperatingSystem.IsLinux())
        {
            Skip = "needs the signals of Linux";
        }
        else if (Skip is null && !RedisServer.IsInstalled)
        {
            Skip = "needs redis-server (apt-get install redis-server)";
        }
    }
}
