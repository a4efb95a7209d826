using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Grains.Tests.LabelSets;

/// <summary>Counts the texts that a text encoder ran on while it listens.</summary>
internal sealed class TextRuns : IDisposable
{
    private readonly MeterListener _listener = new();
    private int _texts;

    /// <param name="meters">The server's: others in this process count for themselves.</param>
    public TextRuns(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == VisionTelemetry.Name && instrument.Name == "vision.batch.size")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, items, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Value is string graph && graph.EndsWith("/textEncoder", StringComparison.Ordinal))
                {
                    Interlocked.Add(ref _texts, items);
                }
            }
        });
        _listener.Start();
    }

    public int Texts => Volatile.Read(ref _texts);

    public void Dispose() => _listener.Dispose();
}
