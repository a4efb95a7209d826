using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Grains.Redis;

/// <summary>Metrics of the connection to Redis.</summary>
public sealed class RedisInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _failed;

    /// <summary>Declares the instruments.</summary>
    public RedisInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(VisionTelemetry.Name);
        _failed = _meter.CreateCounter<long>(VisionTelemetry.Metrics.RedisErrors, "{command}", "Commands that Redis failed");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Failed() => _failed.Add(1);

    /// <summary>Shows whether a connection stands.</summary>
    internal void Watch(Func<bool> isConnected) => _meter.CreateObservableGauge(
        VisionTelemetry.Metrics.RedisConnected, () => isConnected() ? 1 : 0, null, "1 while Redis is connected");
}
