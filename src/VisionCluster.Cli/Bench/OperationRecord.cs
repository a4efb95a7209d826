using HdrHistogram;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Cli.Bench;

/// <summary>Counts what happens to one operation, in memory that does not grow. Not for two threads at a time.</summary>
internal sealed class OperationRecord(string name)
{
    private const double MillisecondsPerMicrosecond = 0.001;
    private const int Digits = 3;

    /// <summary>An hour.</summary>
    private const long LongestMicroseconds = 3_600_000_000;

    private readonly LongHistogram _latency = new(1, LongestMicroseconds, Digits);
    private readonly Dictionary<VisionErrorCode, long> _failed = [];
    private StageTimings _stages = StageTimings.Zero;
    private double _elsewhere;

    public void Succeeded(TimeSpan latency, StageTimings stages)
    {
        _latency.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, LongestMicroseconds));
        _stages = StageTimings.Sum([_stages, stages]);
        _elsewhere += Math.Max(0, latency.TotalMilliseconds - SumOf(stages));
    }

    public void Failed(VisionErrorCode code) => _failed[code] = _failed.GetValueOrDefault(code) + 1;

    public OperationFigures Figures(TimeSpan measured)
    {
        var count = _latency.TotalCount;
        return new OperationFigures(
            name,
            count,
            count / measured.TotalSeconds,
            _failed.OrderBy(static pair => pair.Key).ToDictionary(static pair => pair.Key.ToString(), static pair => pair.Value),
            count == 0
                ? new LatencyFigures(0, 0, 0, 0, 0, 0)
                : new LatencyFigures(At(50), At(90), At(99), At(99.9), At(100), _latency.GetMean() * MillisecondsPerMicrosecond),
            Mean(count));
    }

    private double At(double percentile) => _latency.GetValueAtPercentile(percentile) * MillisecondsPerMicrosecond;

    private StageFigures Mean(long count)
    {
        double Of(double sum) => count == 0 ? 0 : sum / count;
        return new StageFigures(
            Of(_stages.Decode), Of(_stages.Preprocess), Of(_stages.Queue), Of(_stages.Inference), Of(_stages.Postprocess), Of(_elsewhere));
    }

    private static double SumOf(StageTimings stages) =>
        stages.Decode + stages.Preprocess + stages.Queue + stages.Inference + stages.Postprocess;
}
