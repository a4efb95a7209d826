using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class BatchAttemptTests
{
    private const int Largest = 8;

    private readonly FakeRunner _runner = new();
    private readonly BatchAttempt<int, int> _attempt;
    private int _fits = Largest;

    public BatchAttemptTests()
    {
        _runner.BeforeRun = inputs =>
        {
            if (inputs.Length > _fits)
            {
                throw new DeviceOutOfMemoryException("too large");
            }
        };
        _attempt = new("fake", _runner, Largest, ModelFixture.Environment, new RunStatistics(TimeProvider.System));
    }

    [Fact]
    public void Run_BatchThatDoesNotFit_HalvesTheSizeOfThoseThatFollow()
    {
        _fits = 4;
        Run(8);
        Assert.Equal(4, _attempt.MaxBatchSize);
        _fits = 1;
        Run(4);
        Assert.Equal(1, _attempt.MaxBatchSize);
    }

    [Fact]
    public void Run_ManyGoodRunsAfterShrinking_GrowStepByStepToTheLargestAndNoFurther()
    {
        _fits = 2;
        Run(8);
        Assert.Equal(2, _attempt.MaxBatchSize);
        _fits = Largest;
        // Two of its parts ran well after the last that did not fit.
        GoodRuns(64 - 2 - 1);
        Assert.Equal(2, _attempt.MaxBatchSize);
        GoodRuns(1);
        Assert.Equal(4, _attempt.MaxBatchSize);
        GoodRuns(64);
        Assert.Equal(Largest, _attempt.MaxBatchSize);
        GoodRuns(200);
        Assert.Equal(Largest, _attempt.MaxBatchSize);
    }

    [Fact]
    public void Run_SizeThatStillDoesNotFitAfterGrowing_ShrinksAgainAndEveryItemIsServed()
    {
        _fits = 4;
        Run(8);
        GoodRuns(64 - 2);
        Assert.Equal(Largest, _attempt.MaxBatchSize);
        Run(8);
        Assert.Equal(4, _attempt.MaxBatchSize);
    }

    /// <summary>Figures ask the clock when they are written: by then nobody may have an answer.</summary>
    [Fact]
    public void Run_BeforeAnybodyIsAnswered_IsCounted()
    {
        var item = new BatchItem<int, int>(1, new WorkTicket(TenantId.Default, RequestLane.Online), 1, 0, static _ => { });
        var clock = new WatchingTime(() => item.Task.IsCompleted);
        var statistics = new RunStatistics(clock);
        var attempt = new BatchAttempt<int, int>("fake", _runner, Largest, ModelFixture.Environment, statistics);
        clock.Seen.Clear();

        attempt.Run([item], attempt.Stage([item]));

        Assert.True(item.Task.IsCompletedSuccessfully);
        Assert.NotEmpty(clock.Seen);
        Assert.DoesNotContain(true, clock.Seen);
        Assert.Equal(1, statistics.Items);
    }

    private sealed class WatchingTime(Func<bool> look) : TimeProvider
    {
        public List<bool> Seen { get; } = [];

        public override long GetTimestamp()
        {
            Seen.Add(look());
            return base.GetTimestamp();
        }
    }

    private void GoodRuns(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Run(_attempt.MaxBatchSize);
        }
    }

    private void Run(int count)
    {
        var batch = Enumerable.Range(0, count).Select(i => new BatchItem<int, int>(
            i, new WorkTicket(TenantId.Default, RequestLane.Online), 1, 0, static _ => { })).ToArray();
        _attempt.Run(batch, _attempt.Stage(batch));
        Assert.All(batch, item => Assert.Equal(item.Input * 2, item.Task.Result.Output));
    }
}
