using VisionCluster.Contracts.ModelHosts;

namespace VisionCluster.Grains.ModelHosts;

/// <summary>Keeps what silos reported for a few reports' time; a lost directory is filled again within one report.</summary>
internal sealed class DeviceDirectoryGrain(TimeProvider time) : Grain, IDeviceDirectoryGrain
{
    private readonly Dictionary<string, (long At, IReadOnlyList<DeviceStatus> Devices)> _reports = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<DeviceStatus>> ReportAsync(string silo, IReadOnlyList<DeviceStatus> devices)
    {
        _reports[silo] = (time.GetTimestamp(), devices);
        return ListAsync();
    }

    public Task<IReadOnlyList<DeviceStatus>> ListAsync()
    {
        var lifetime = ReportPace.Lifetime(_reports.Values.Sum(report => report.Devices.Count));
        foreach (var silo in _reports.Keys.Where(silo => time.GetElapsedTime(_reports[silo].At) > lifetime).ToArray())
        {
            _reports.Remove(silo);
        }

        return Task.FromResult<IReadOnlyList<DeviceStatus>>([.. _reports.Values.SelectMany(report => report.Devices)]);
    }
}
