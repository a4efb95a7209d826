using VisionCluster.Contracts.ModelHosts;

namespace VisionCluster.Grains.Placement;

/// <summary>The load of every silo's devices as it was published last.</summary>
internal sealed class DeviceLoads
{
    private volatile Dictionary<string, DeviceStatus[]> _bySilo = [];

    /// <summary>Chooses candidates; placement of no grain depends on the order.</summary>
    public Random Random { get; } = new Random();

    /// <summary>Every device that was published.</summary>
    public IEnumerable<DeviceStatus> All => _bySilo.Values.SelectMany(static devices => devices);

    public void Update(IReadOnlyList<DeviceStatus> devices) => _bySilo = devices
        .GroupBy(device => ModelHostKey.FromGrainKey(device.Host).Silo, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    /// <summary>False where every device of the silo is known to take no work.</summary>
    public bool TakesWork(SiloAddress silo) =>
        !_bySilo.TryGetValue(silo.ToParsableString(), out var devices)
        || devices.Any(device => device.State == DeviceState.Ready);

    /// <summary>Whether a silo other than this one has a device that is known to take work.</summary>
    public bool AnotherTakesWork(SiloAddress silo) => _bySilo.Any(other =>
        other.Key != silo.ToParsableString() && other.Value.Any(device => device.State == DeviceState.Ready));

    /// <summary>Queue of the silo's least loaded device; 0 where it is not known.</summary>
    public double QueueSecondsOf(SiloAddress silo) =>
        _bySilo.TryGetValue(silo.ToParsableString(), out var devices)
            ? devices.Where(device => device.State == DeviceState.Ready).Select(Load).DefaultIfEmpty(0).Min()
            : 0;

    /// <summary>Busy devices without a queue still differ.</summary>
    private static double Load(DeviceStatus device) => device.QueueSeconds + (device.BusyFraction / 1000);
}
