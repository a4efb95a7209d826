using Orleans.Concurrency;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Contracts.ModelHosts;

/// <summary>The cluster's list of devices: one grain, key 0. Silos report to it every second and read it as often.</summary>
[Alias("visioncluster.IDeviceDirectoryGrain")]
public interface IDeviceDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Takes a silo's devices down and answers with everybody's that reported lately.</summary>
    /// <param name="silo">The silo's address.</param>
    /// <param name="devices">Its devices; none for a silo that only serves HTTP.</param>
    [Alias("Report"), Idempotent]
    Task<IReadOnlyList<DeviceStatus>> ReportAsync(string silo, [Immutable] IReadOnlyList<DeviceStatus> devices);

    /// <summary>Every device that was reported lately.</summary>
    [Alias("List"), Idempotent, AlwaysInterleave]
    Task<IReadOnlyList<DeviceStatus>> ListAsync();
}
