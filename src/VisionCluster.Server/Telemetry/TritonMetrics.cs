using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Inference.Devices;

namespace VisionCluster.Server.Telemetry;

/// <summary>
/// The same figures under the names that dashboards made for Triton Inference Server ask for, each graph as a model. They
/// are made from the cluster's own instruments, and only where <see cref="TelemetryOptions.TritonMetrics"/> asks for them.
/// Totals that only grow show as gauges: Triton's names have no <c>_total</c>, which a counter's would get.
/// </summary>
internal sealed class TritonMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "VisionCluster.Triton";

    private const string Model = "model";
    private const string Version = "version";
    private const double MicrosecondsPerSecond = 1e6;

    private readonly Meter _meter;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Totals> _graphs = new(StringComparer.Ordinal);

    public TritonMetrics(IMeterFactory meters, DeviceHosts devices)
    {
        _meter = meters.Create(MeterName);
        Show("nv_inference_request_success", static totals => totals.Items);
        Show("nv_inference_request_failure", static totals => totals.Failures);
        Show("nv_inference_count", static totals => totals.Items);
        Show("nv_inference_exec_count", static totals => totals.Runs);
        Show("nv_inference_pending_request_count", static totals => totals.Pending);
        Show("nv_inference_queue_duration_us", static totals => totals.QueueMicroseconds);
        Show("nv_inference_compute_infer_duration_us", static totals => totals.RunMicroseconds);
        Show("nv_inference_request_duration_us", static totals => totals.QueueMicroseconds + totals.RunMicroseconds);
        _meter.CreateObservableGauge("nv_gpu_utilization", () => devices.All.Select(static host => new Measurement<double>(
            host.BusyFraction, new KeyValuePair<string, object?>("gpu_uuid", host.Device.Name))));
        _meter.CreateObservableGauge("nv_gpu_memory_used_bytes", () => devices.All.Select(static host => new Measurement<long>(
            host.Memory.ModelBytes + host.Embeddings.Bytes + host.Masks.Bytes,
            new KeyValuePair<string, object?>("gpu_uuid", host.Device.Name))));
        _meter.CreateObservableGauge("nv_gpu_memory_total_bytes", () => devices.All.Select(static host => new Measurement<long>(
            host.Memory.BudgetBytes, new KeyValuePair<string, object?>("gpu_uuid", host.Device.Name))));
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Another server in the same process has a factory of its own.
            if (instrument.Meter.Name == VisionTelemetry.Name && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(Took);
        _listener.SetMeasurementEventCallback<int>(Ran);
        _listener.SetMeasurementEventCallback<long>(Counted);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private void Show(string name, Func<Totals, long> value) => _meter.CreateObservableGauge(name, () => _graphs.Select(
        graph => new Measurement<long>(value(graph.Value), new(Model, graph.Key), new KeyValuePair<string, object?>(Version, "1"))));

    private void Took(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var microseconds = (long)(seconds * MicrosecondsPerSecond);
        if (instrument.Name == VisionTelemetry.Metrics.QueueDuration)
        {
            Interlocked.Add(ref Of(tags).QueueMicroseconds, microseconds);
        }
        else if (instrument.Name == VisionTelemetry.Metrics.RunDuration)
        {
            Interlocked.Add(ref Of(tags).RunMicroseconds, microseconds);
        }
    }

    private void Ran(Instrument instrument, int items, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == VisionTelemetry.Metrics.BatchSize)
        {
            var totals = Of(tags);
            Interlocked.Increment(ref totals.Runs);
            Interlocked.Add(ref totals.Items, items);
        }
    }

    private void Counted(Instrument instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Name == VisionTelemetry.Metrics.QueueLength)
        {
            Interlocked.Add(ref Of(tags).Pending, count);
        }
        else if (instrument.Name == VisionTelemetry.Metrics.QueueRefused)
        {
            Interlocked.Add(ref Of(tags).Failures, count);
        }
    }

    private Totals Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == VisionTelemetry.Graph && tag.Value is string graph)
            {
                return _graphs.GetOrAdd(graph, static _ => new Totals());
            }
        }

        return _graphs.GetOrAdd("", static _ => new Totals());
    }

    private sealed class Totals
    {
        public long Items;
        public long Failures;
        public long Runs;
        public long Pending;
        public long QueueMicroseconds;
        public long RunMicroseconds;
    }
}
