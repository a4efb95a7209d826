using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Cli.Bench;

/// <summary>Takes what many callers at once found, once the warm-up has passed.</summary>
/// <param name="time">Clock.</param>
internal sealed class BenchRecorder(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, OperationRecord> _operations = new(StringComparer.Ordinal);
    private long? _from;
    private long _notSent;

    /// <summary>From now on it counts; what began before does not.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _from = time.GetTimestamp();
        }
    }

    /// <summary>Measures one request.</summary>
    /// <param name="operation">What it is called.</param>
    /// <param name="due">When it was to be sent: a late start counts as waiting.</param>
    /// <param name="request">Gives the stages that the server tells.</param>
    /// <returns>Whether it was answered.</returns>
    public async Task<bool> MeasureAsync(string operation, long due, Func<Task<StageTimings>> request)
    {
        try
        {
            var stages = await request();
            Add(operation, due, record => record.Succeeded(time.GetElapsedTime(due), stages));
            return true;
        }
        catch (VisionException error)
        {
            Add(operation, due, record => record.Failed(error.Code));
            return false;
        }
    }

    /// <summary>An arrival that found no room.</summary>
    public void NotSent(long due)
    {
        lock (_gate)
        {
            _notSent += due >= _from ? 1 : 0;
        }
    }

    public BenchReport Report(BenchPlan plan)
    {
        lock (_gate)
        {
            var measured = _from is { } from ? time.GetElapsedTime(from) : TimeSpan.Zero;
            measured = measured < plan.Duration ? plan.Duration : measured;
            return new BenchReport(
                plan.Scenario,
                plan.RatePerSecond is null ? "closed" : "open",
                plan.Callers,
                plan.RatePerSecond,
                _notSent,
                measured.TotalSeconds,
                [.. _operations.Values.Select(record => record.Figures(measured))]);
        }
    }

    private void Add(string operation, long due, Action<OperationRecord> add)
    {
        lock (_gate)
        {
            if (!(due >= _from))
            {
                return;
            }

            if (!_operations.TryGetValue(operation, out var record))
            {
                _operations[operation] = record = new OperationRecord(operation);
            }

            add(record);
        }
    }
}
