using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Grains.Sessions;

/// <summary>Metrics of a silo's sessions.</summary>
internal sealed class SessionInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _activated;

    public SessionInstruments(IMeterFactory meters, LocalSessions sessions)
    {
        _meter = meters.Create(VisionTelemetry.Name);
        _meter.CreateObservableUpDownCounter(
            VisionTelemetry.Metrics.SessionsActive, () => sessions.Count, "{session}", "Sessions active on the silo");
        _activated = _meter.CreateCounter<long>(
            VisionTelemetry.Metrics.SessionsActivated, "{session}", "Sessions that became active: new ones, and those that returned");
    }

    public void Dispose() => _meter.Dispose();

    /// <param name="returned">Whether it was kept somewhere: after a pause, a move, or the loss of its silo.</param>
    public void Activated(bool returned) =>
        _activated.Add(1, new KeyValuePair<string, object?>(VisionTelemetry.Reason, returned ? "returned" : "new"));
}
