using Microsoft.Extensions.Time.Testing;
using VisionCluster.Cli.Bench;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Cli.Tests.Bench;

public sealed class BenchLoadTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new();
    private int _sent;

    private static BenchPlan Plan(int callers, double? rate) =>
        new(BenchScenario.Click, callers, rate, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), 1);

    /// <summary>Runs a plan against a cluster that answers when <paramref name="answer"/> is complete.</summary>
    private BenchReport Run(BenchPlan plan, Func<CancellationToken, Task> answer)
    {
        var recorder = new BenchRecorder(_time);
        Lockstep.Run(_time, Step, () => new BenchLoad(plan, recorder, _time).RunAsync(
            (_, due, cancellationToken) =>
            {
                _sent++;
                return recorder.MeasureAsync("click", due, async () =>
                {
                    await answer(cancellationToken);
                    return StageTimings.Zero;
                });
            },
            CancellationToken.None));
        return recorder.Report(plan);
    }

    [Fact]
    public void Run_OpenLoopThatNobodyAnswers_SendsAsManyAsMayBeUnderWay()
    {
        var report = Run(Plan(7, 20), cancellationToken => Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken));

        Assert.Equal(7, _sent);
        Assert.InRange(report.NotSent, 160, 240);
        Assert.Empty(report.Operations);
    }

    [Fact]
    public void Run_OpenLoop_SendsAtItsRateWhateverTheAnswersTake()
    {
        var report = Run(Plan(1000, 50), token => Task.Delay(TimeSpan.FromSeconds(0.5), _time, token));

        var row = Assert.Single(report.Operations);
        Assert.Equal(0, report.NotSent);
        Assert.InRange(row.Succeeded, 440, 560);
        Assert.InRange(row.Latency.P50, 500, 520);
        Assert.InRange(row.Latency.Max, 500, 520);
    }

    [Fact]
    public void Run_ClosedLoop_SendsTheNextWhenOneWasAnswered()
    {
        var report = Run(Plan(4, null), token => Task.Delay(TimeSpan.FromSeconds(1), _time, token));

        var row = Assert.Single(report.Operations);
        Assert.Equal(4 * 11, _sent);
        Assert.InRange(row.Succeeded, 4 * 9, 4 * 10);
        Assert.InRange(row.Latency.P50, 999, 1011);
    }
}
