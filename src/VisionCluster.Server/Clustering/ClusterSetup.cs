using VisionCluster.Inference;
using VisionCluster.Inference.Devices;
using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using VisionCluster.Grains.Sessions;
using VisionCluster.Inference.Onnx;
using VisionCluster.Server.Roles;

namespace VisionCluster.Server.Clustering;

/// <summary>Makes the process a silo.</summary>
internal static class ClusterSetup
{
    public static void UseVisionCluster(
        this WebApplicationBuilder builder, Action<ISiloBuilder, int> addGrains, RoleOptions roles)
    {
        builder.Services.AddVisionOptions<VisionClusterOptions>(VisionClusterOptions.Section);
        var options = builder.Configuration.GetSection(VisionClusterOptions.Section).Get<VisionClusterOptions>()
            ?? new VisionClusterOptions();
        var onnx = builder.Configuration.GetSection(OnnxOptions.Section).Get<OnnxOptions>() ?? new OnnxOptions();
        var devices = roles.Worker ? DeviceDiscovery.Find(onnx) : [];
        builder.Services.AddSingleton(new LocalDevices(devices));
        // Registered before the silo: it starts when the models are warm.
        builder.Services.AddHostedService<ModelLoader>();
        builder.UseOrleans(silo =>
        {
            var siloPort = options.SiloPort == 0 ? FreePort() : options.SiloPort;
            silo.UseLocalhostClustering(
                siloPort,
                options.GatewayPort == 0 ? FreePort() : options.GatewayPort,
                options.PrimaryPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, options.PrimaryPort),
                options.ServiceId,
                options.ClusterId);
            silo.AddMemoryGrainStorage(ImageSessionStorage.Name);
            silo.Configure<SiloMessagingOptions>(messaging => messaging.CancelRequestOnTimeout = true);
            silo.AddActivityPropagation();
            addGrains(silo, devices.Count);
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
