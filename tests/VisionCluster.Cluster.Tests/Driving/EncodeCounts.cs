using VisionCluster.Cluster.Tests.Faults;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Cluster.Tests.Driving;

internal static class EncodeCounts
{
    /// <summary>Image encoder runs of each device that the cluster knows, as one server sees them, once it knows so many.</summary>
    public static async Task<Dictionary<string, long>> EncodedAsync(this ServerProcess server, int? devices = null)
    {
        using var driver = new ImageDriver(server.Url);
        (string Host, long ImagesEncoded)[] answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await driver.DevicesAsync();
                return answer.Length > 0 && (devices is null || answer.Length == devices);
            },
            FaultScale.Patience,
            "devices are listed");
        return answer.ToDictionary(device => device.Host, device => device.ImagesEncoded);
    }
}
