using CsCheck;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class BatchQueueTests
{
    private const double LargestCost = 3;

    private static readonly Action<TestItem, VisionException> NotExpected = (item, _) => Assert.Fail($"{item.Number} was refused");

    [Fact]
    public void Take_SeveralLanes_ServesTheMostUrgentFirst()
    {
        var queue = Queue(new BatchingOptions());
        queue.Enqueue(new TestItem("a", 0, lane: RequestLane.Bulk));
        queue.Enqueue(new TestItem("a", 1, lane: RequestLane.Online));
        queue.Enqueue(new TestItem("a", 2, lane: RequestLane.Interactive));
        Assert.Equal([2, 1, 0], Enumerable.Range(0, 3).Select(_ => Take(queue, 1, 0).Single()));
    }

    [Fact]
    public void Take_BulkItemThatWaitedLong_IsServedBeforeAFreshClick()
    {
        var queue = Queue(new BatchingOptions { LaneAgeingMicroseconds = 1000 });
        queue.Enqueue(new TestItem("a", 0, lane: RequestLane.Bulk) { EnqueuedAt = 0 });
        queue.Enqueue(new TestItem("a", 1, lane: RequestLane.Interactive) { EnqueuedAt = 3500 });
        Assert.Equal([0], Take(queue, 1, 3500));
    }

    [Fact]
    public void Take_Priorities_ServesTheLowestNumberFirstAndTheDefaultLast()
    {
        var queue = Queue(new BatchingOptions { PriorityLevels = 3 });
        queue.Enqueue(Prioritised(0, 0));
        queue.Enqueue(Prioritised(1, 2));
        queue.Enqueue(Prioritised(2, 1));
        Assert.Equal([2, 1, 0], Enumerable.Range(0, 3).Select(_ => Take(queue, 1, 0).Single()));

        var usual = Queue(new BatchingOptions { PriorityLevels = 3, DefaultPriorityLevel = 1 });
        usual.Enqueue(Prioritised(0, 2));
        usual.Enqueue(Prioritised(1, 0));
        Assert.Equal([1, 0], Enumerable.Range(0, 2).Select(_ => Take(usual, 1, 0).Single()));

        static TestItem Prioritised(int number, int priority) => Ticketed(number, new WorkTicket(TenantId.Default, RequestLane.Online, priority));
    }

    [Fact]
    public void Take_AnyItems_StaysWithinSizeAndCost() =>
        Gen.Select(Gen.Double[0.1, 3].Array[1, 60], Gen.Int[1, 8], Gen.Double[3, 10]).Sample((costs, size, budget) =>
        {
            var queue = Queue(new BatchingOptions { MaxBatchCost = budget });
            for (var i = 0; i < costs.Length; i++)
            {
                queue.Enqueue(new TestItem($"t{i % 4}", i, costs[i]));
            }

            var seen = 0;
            while (true)
            {
                var batch = new List<TestItem>();
                queue.Take(size, 0, batch);
                if (batch.Count == 0)
                {
                    break;
                }

                Assert.True(batch.Count <= size);
                Assert.True(batch.Sum(item => item.Cost) <= budget + 1e-9);
                seen += batch.Count;
            }

            Assert.Equal(costs.Length, seen);
        });

    /// <summary>Whoever fills up the runs of a tenant with odd shapes is served more, but not without end.</summary>
    [Fact]
    public void Take_MixedShapesAndCosts_FairGapStaysBelowTwiceTheLargestBatch() =>
        Gen.Select(
            Gen.Select(Gen.Double[0.1, LargestCost], Gen.Int[0, 2]).Array[80, 120], Gen.Double[0.1, LargestCost].Array[80, 120],
            Gen.Int[2, 8], Gen.Double[0, 12]).Sample((odd, even, size, budget) =>
        {
            var queue = Queue(new BatchingOptions { MaxBatchSize = size, MaxBatchCost = budget });
            for (var i = 0; i < odd.Length; i++)
            {
                queue.Enqueue(new TestItem("odd", i, odd[i].Item1, odd[i].Item2));
            }

            for (var i = 0; i < even.Length; i++)
            {
                queue.Enqueue(new TestItem("even", i, even[i]));
            }

            var largest = Math.Max(LargestCost, Math.Min(budget == 0 ? double.MaxValue : budget, size * LargestCost));
            var (served, left) = (new Dictionary<string, double> { ["odd"] = 0, ["even"] = 0 }, (Odd: odd.Length, Even: even.Length));
            while (left is { Odd: > 0, Even: > 0 })
            {
                var batch = new List<TestItem>();
                queue.Take(size, 0, batch);
                batch.ForEach(item => served[item.Tenant] += item.Cost);
                left = (left.Odd - batch.Count(item => item.Tenant == "odd"), left.Even - batch.Count(item => item.Tenant == "even"));
                Assert.True(left is { Odd: 0 } or { Even: 0 } || Math.Abs(served["odd"] - served["even"]) <= 2 * largest);
            }
        });

    [Fact]
    public void Take_ItemAboveTheCostBudget_RunsAlone()
    {
        var queue = Queue(new BatchingOptions { MaxBatchCost = 2 });
        queue.Enqueue(new TestItem("a", 0, 5));
        queue.Enqueue(new TestItem("a", 1, 1));
        Assert.Equal([0], Take(queue, 8, 0));
        Assert.Equal([1], Take(queue, 8, 0));
    }

    [Fact]
    public void Take_DifferentShapes_AreNeverMixed()
    {
        var queue = Queue(new BatchingOptions());
        for (var i = 0; i < 6; i++)
        {
            queue.Enqueue(new TestItem($"t{i}", i, shape: i % 2));
        }

        Assert.Equal([0, 2, 4], Take(queue, 8, 0));
        Assert.Equal([1, 3, 5], Take(queue, 8, 0));
    }

    [Fact]
    public void Expire_DeadlineThatPassed_IsRefused()
    {
        var queue = Queue(new BatchingOptions());
        queue.Enqueue(Ticketed(0, new WorkTicket(TenantId.Default, RequestLane.Online, Deadline: 100)));
        queue.Enqueue(Ticketed(1, new WorkTicket(TenantId.Default, RequestLane.Online)));
        Assert.Equal(100, queue.NextExpiry());
        queue.Expire(99, NotExpected);
        var refused = new List<int>();
        queue.Expire(100, (item, error) =>
        {
            Assert.Equal(VisionErrorCode.DeadlineExceeded, error.Code);
            refused.Add(item.Number);
        });
        Assert.Equal([0], refused);
        Assert.Equal([1], Take(queue, 8, 100));
    }

    [Fact]
    public void Expire_TimeoutWithDelayAction_IsServedAfterEverythingElse()
    {
        var queue = Queue(new BatchingOptions { DefaultTimeoutMicroseconds = 50, TimeoutAction = TimeoutAction.Delay });
        queue.Enqueue(Ticketed(0, new WorkTicket(TenantId.Default, RequestLane.Interactive)));
        queue.Expire(60, NotExpected);
        queue.Enqueue(new TestItem("b", 1, lane: RequestLane.Bulk) { EnqueuedAt = 60 });
        Assert.Equal([1], Take(queue, 1, 60));
        Assert.Equal([0], Take(queue, 1, 60));
    }

    [Fact]
    public void Expire_OwnTimeout_CountsOnlyWhereAllowedAndShorter()
    {
        var ticket = new WorkTicket(TenantId.Default, RequestLane.Online, Timeout: TimeSpan.FromMicroseconds(20));
        var strict = Queue(new BatchingOptions { DefaultTimeoutMicroseconds = 50 });
        strict.Enqueue(Ticketed(0, ticket));
        Assert.Equal(50, strict.NextExpiry());
        var lenient = Queue(new BatchingOptions { DefaultTimeoutMicroseconds = 50, AllowTimeoutOverride = true });
        lenient.Enqueue(Ticketed(0, ticket));
        Assert.Equal(20, lenient.NextExpiry());
    }

    private static TestItem Ticketed(int number, WorkTicket ticket) => new(ticket, number);

    private static BatchQueue<TestItem> Queue(BatchingOptions options) => new(options, _ => 1, 1);

    private static int[] Take(BatchQueue<TestItem> queue, int count, long now)
    {
        var batch = new List<TestItem>();
        queue.Take(count, now, batch);
        return [.. batch.Select(item => item.Number)];
    }
}
