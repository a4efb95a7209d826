using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class AdmissionControlTests
{
    private const int Capacity = 100;

    [Fact]
    public void TryEnter_AMillionTriesByManyThreads_NeverExceedsTheCapacity()
    {
        var admission = new AdmissionControl(Capacity, 1);
        var (inside, most, admitted) = (0, 0, 0);
        Parallel.For(0, 1_000_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (admission.TryEnter($"t{i % 7}", 1))
            {
                var now = Interlocked.Increment(ref inside);
                Interlocked.Increment(ref admitted);
                for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                Interlocked.Decrement(ref inside);
                admission.Leave($"t{i % 7}", 1);
            }
        });
        Assert.InRange(most, 1, Capacity);
        Assert.True(admitted > 0);
        Assert.Equal(0, admission.Count);
        Assert.Equal(0, admission.Cost);
    }

    [Fact]
    public void TryEnter_WhenNobodyLeaves_AdmitsExactlyTheCapacity()
    {
        var admission = new AdmissionControl(Capacity, 1);
        var admitted = 0;
        Parallel.For(0, 10_000, i =>
        {
            if (admission.TryEnter("a", 1))
            {
                Interlocked.Increment(ref admitted);
            }
        });
        Assert.Equal(Capacity, admitted);
    }

    [Fact]
    public void TryEnter_AsTheQueueFills_RefusesBulkFirstAndClicksLast()
    {
        var admission = new AdmissionControl(Capacity, 1, onlineShare: 0.9, bulkShare: 0.7);
        Assert.Equal(70, Count(RequestLane.Bulk));
        Assert.Equal(20, Count(RequestLane.Online));
        Assert.Equal(0, Count(RequestLane.Bulk));
        Assert.Equal(10, Count(RequestLane.Interactive));
        admission.Leave("a", 1);
        Assert.Equal(0, Count(RequestLane.Online));
        Assert.Equal(1, Count(RequestLane.Interactive));

        int Count(RequestLane lane) => Enumerable.Range(0, 1000).Count(_ => admission.TryEnter("a", 1, lane));
    }

    [Fact]
    public void TryEnter_OneTenantFloods_LeavesRoomForOthers()
    {
        var admission = new AdmissionControl(Capacity, 0.5);
        Assert.Equal(50, Enumerable.Range(0, 1000).Count(_ => admission.TryEnter("flood", 1)));
        Assert.True(admission.TryEnter("quiet", 1));
    }
}
