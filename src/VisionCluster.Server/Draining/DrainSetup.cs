using VisionCluster.Inference;

namespace VisionCluster.Server.Draining;

/// <summary>Registers the orderly end of a server.</summary>
internal static class DrainSetup
{
    /// <summary>For the rest of the way after draining: closing connections, leaving the cluster.</summary>
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(15);

    public static void AddVisionDrain(this WebApplicationBuilder builder)
    {
        builder.Services.AddVisionOptions<DrainOptions>(DrainOptions.Section);
        var drain = builder.Configuration.GetSection(DrainOptions.Section).Get<DrainOptions>() ?? new DrainOptions();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain.Notice + drain.Timeout + Leaving);
        builder.Services.AddHostedService<DrainService>();
    }
}
