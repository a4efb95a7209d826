using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Devices;

namespace VisionCluster.TestKit.Servers;

/// <summary>What happens to devices, on purpose.</summary>
public static class DeviceFaults
{
    /// <summary>The only device of a server.</summary>
    public static DeviceHost Device(this VisionTestServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return server.Services.GetRequiredService<DeviceHosts>().All.Single();
    }

    /// <summary>A run finds it gone for good, as after a sticky error of CUDA.</summary>
    public static void LoseDevice(this VisionTestServer server) => server.Device().Quarantine(new DeviceLostException("Lost by a test."));
}
