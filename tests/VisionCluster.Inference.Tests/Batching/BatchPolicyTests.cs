using CsCheck;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class BatchPolicyTests
{
    private static readonly Gen<(int Ready, long Oldest, long Now, long Delay, bool Free, int Max)> States = Gen.Select(
        Gen.Int[0, 40], Gen.Long[0, 1000], Gen.Long[1000, 3000], Gen.Long[0, 1500], Gen.Bool, Gen.Int[1, 16]);

    [Fact]
    public void Decide_NothingWaits_WaitsForAnEvent() =>
        Assert.Equal(BatchDecision.WaitForEvent, Decide(new QueueSnapshot(0, 0), true, 0, new BatchingOptions()));

    [Fact]
    public void Decide_FreeDeviceWithoutDelay_TakesWhatIsThere() =>
        Assert.Equal(3, Decide(new QueueSnapshot(3, 10), true, 10, new BatchingOptions()).Take);

    [Fact]
    public void Decide_BusyDevice_TakesOnlyAFullBatch()
    {
        var options = new BatchingOptions { MaxBatchSize = 4 };
        Assert.Equal(BatchDecision.WaitForEvent, Decide(new QueueSnapshot(3, 0), false, 100, options));
        Assert.Equal(4, Decide(new QueueSnapshot(9, 0), false, 100, options).Take);
    }

    [Fact]
    public void Decide_WithinDelay_WaitsUntilTheOldestHasWaitedLongEnough()
    {
        var options = new BatchingOptions { MaxQueueDelayMicroseconds = 500 };
        Assert.Equal(600, Decide(new QueueSnapshot(3, 100), true, 200, options).WaitUntil);
        Assert.Equal(3, Decide(new QueueSnapshot(3, 100), true, 600, options).Take);
    }

    [Fact]
    public void Decide_PreferredSizeReachedWithinDelay_LeavesAtOnce()
    {
        var options = new BatchingOptions { MaxQueueDelayMicroseconds = 500, PreferredBatchSizes = [2, 4] };
        Assert.Equal(4, Decide(new QueueSnapshot(5, 100), true, 200, options).Take);
        Assert.Equal(0, Decide(new QueueSnapshot(1, 100), true, 200, options).Take);
    }

    [Fact]
    public void Decide_AnyState_NeverExceedsTheBatchNorWaitsBeyondTheDelay() => States.Sample(state =>
    {
        var options = new BatchingOptions { MaxBatchSize = state.Max, MaxQueueDelayMicroseconds = state.Delay };
        var decision = Decide(new QueueSnapshot(state.Ready, state.Oldest), state.Free, state.Now, options);
        Assert.True(decision.Take <= Math.Min(state.Max, state.Ready));
        if (state.Free && state.Ready > 0 && decision.Take == 0)
        {
            Assert.Equal(state.Oldest + state.Delay, decision.WaitUntil);
            Assert.True(decision.WaitUntil > state.Now);
        }
    });

    private static BatchDecision Decide(QueueSnapshot queue, bool free, long now, BatchingOptions options) =>
        BatchPolicy.Decide(queue, free, now, 1, options, options.MaxBatchSize);
}
