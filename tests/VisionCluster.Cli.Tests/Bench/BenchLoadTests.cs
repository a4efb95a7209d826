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
    private async Task<BenchReport> RunAsync(BenchPlan plan, Func<Task> answer)
    {
        var recorder = new BenchRecorder(_time);
        var load = new BenchLoad(plan, recorder, _time).RunAsync(
            (_, due, _) =>
            {
                Interlocked.Increment(ref _sent);
                return recorder.MeasureAsync("click", due, async () =>
                {
                    await answer();
                    return StageTimings.Zero;
                });
            },
            CancellationToken.None);
        while (!load.IsCompleted)
        {
            await Task.Yield();
            _time.Advance(Step);
        }

        await load;
        return recorder.Report(plan);
    }

    [Fact]
    public async Task Run_OpenLoopThatNobodyAnswers_SendsAsManyAsMayBeUnderWay()
    {
        var never = new TaskCompletionSource();
        var recorder = new BenchRecorder(_time);
        var plan = Plan(7, 20);
        using var stop = new CancellationTokenSource();
        var load = new BenchLoad(plan, recorder, _time).RunAsync(
            (_, due, cancellationToken) =>
            {
                Interlocked.Increment(ref _sent);
                return never.Task.WaitAsync(cancellationToken);
            },
            stop.Token);
        while (!load.IsCompleted)
        {
            await Task.Yield();
            _time.Advance(Step);
        }

        await load;
        var report = recorder.Report(plan);
        Assert.Equal(7, _sent);
        Assert.InRange(report.NotSent, 150, 250);
    }

    [Fact]
    public async Task Run_OpenLoop_SendsAtItsRateWhateverTheAnswersTake()
    {
        var report = await RunAsync(Plan(1000, 50), () => Task.Delay(TimeSpan.FromSeconds(0.5), _time));

        var row = Assert.Single(report.Operations);
        Assert.Equal(0, report.NotSent);
        Assert.InRange(row.Succeeded, 420, 580);
        Assert.InRange(row.Latency.P50, 480, 620);
    }

    [Fact]
    public async Task Run_ClosedLoop_SendsTheNextWhenOneWasAnswered()
    {
        var report = await RunAsync(Plan(4, null), () => Task.Delay(TimeSpan.FromSeconds(1), _time));

        var row = Assert.Single(report.Operations);
        Assert.InRange(_sent, 4 * 8, 4 * 12);
        Assert.InRange(row.Succeeded, 4 * 7, 4 * 11);
        Assert.InRange(row.Latency.P50, 990, 1200);
    }
}
