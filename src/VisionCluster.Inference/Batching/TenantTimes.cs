using System.Collections.Concurrent;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Inference.Batching;

/// <summary>Seconds of a device by tenant: a run's time, divided by the cost of its items. Thread-safe.</summary>
/// <param name="series">Bounds the number of tenants.</param>
public sealed class TenantTimes(TenantSeries series)
{
    private const double TicksPerSecond = 1e9;

    private readonly ConcurrentDictionary<string, StrongBox> _times = new(StringComparer.Ordinal);

    /// <summary>Seconds of each since the start.</summary>
    public IEnumerable<KeyValuePair<string, double>> Seconds =>
        _times.Select(static time => KeyValuePair.Create(time.Key, Volatile.Read(ref time.Value.Nanoseconds) / TicksPerSecond));

    internal void Add(string tenant, double seconds) => Interlocked.Add(
        ref _times.GetOrAdd(series.Of(tenant), static _ => new StrongBox()).Nanoseconds, (long)(seconds * TicksPerSecond));

    private sealed class StrongBox
    {
        public long Nanoseconds;
    }
}
