namespace VisionCluster.Gateway.Endpoints;

/// <summary>Tags of health checks.</summary>
public static class HealthTags
{
    /// <summary>Checks that must pass before the server is given traffic.</summary>
    public const string Ready = "ready";
}
