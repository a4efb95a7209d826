using VisionCluster.Gateway;
using VisionCluster.Gateway.Endpoints;
using VisionCluster.Grains;
using VisionCluster.Inference;
using VisionCluster.Inference.Onnx;
using VisionCluster.Server.Clustering;
using VisionCluster.Server.Draining;
using VisionCluster.Server.Roles;
using VisionCluster.Server.Telemetry;

namespace VisionCluster.Server;

/// <summary>
/// A silo with its devices, its HTTP face, or both. Without configuration: one process, localhost clustering, memory
/// stores, the CPU, the starter models, HTTP on port 8080.
/// </summary>
public static class VisionServer
{
    /// <summary>Builds a server; run it or start it.</summary>
    /// <param name="args">Configuration as <c>--Vision:Section:Name=value</c>, beside <c>appsettings.json</c> and the environment.</param>
    /// <param name="configure">Changes what is registered, before it is built.</param>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Before threads come, each of which would get an arena.
        NativeHeap.Configure();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // Settings lie beside the program, wherever it is started from.
            ContentRootPath = AppContext.BaseDirectory,
        });
        var roles = RoleOptions.Read(builder.Configuration);
        builder.Services.AddVisionInference();
        builder.Services.AddSingleton(DecoderSetup.Command());
        builder.Services.AddSingleton<DeviceReadiness>();
        builder.UseVisionCluster((silo, devices) => silo.AddVisionGrains(devices), roles);
        builder.AddVisionDrain();
        builder.AddVisionTelemetry();
        builder.AddVisionHttp(roles);
        builder.Services.AddVisionGateway();
        builder.Services.AddHealthChecks().AddCheck<DeviceReadiness>("devices", tags: [HealthTags.Ready]);
        configure?.Invoke(builder);

        var app = builder.Build();
        if (roles.Gateway)
        {
            app.MapVisionGateway();
        }

        app.MapVisionHealth();
        app.MapVisionMetrics();
        return app;
    }
}
