using CsCheck;
using VisionCluster.Inference.Batching;

namespace VisionCluster.Inference.Tests.Batching;

public sealed class FairQueueTests
{
    private const double MaxCost = 5;

    private static readonly Gen<(int Tenant, double Cost, int Shape)[]> Arrivals =
        Gen.Select(Gen.Int[0, 5], Gen.Double[0.1, MaxCost], Gen.Int[0, 1]).Array[1, 200];

    [Fact]
    public void Take_AnyArrivals_LosesNothingRepeatsNothingAndKeepsEachTenantsOrder() => Arrivals.Sample(arrivals =>
    {
        var queue = new FairQueue<TestItem>(0, _ => 1);
        var sent = arrivals.Select((a, i) => new TestItem($"t{a.Tenant}", i, a.Cost, a.Shape)).ToArray();
        Array.ForEach(sent, queue.Enqueue);
        var taken = Drain(queue);
        Assert.Equal(sent.Select(item => item.Number).Order(), taken.Select(item => item.Number).Order());
        Assert.All(
            taken.GroupBy(item => item.Tenant),
            tenant => Assert.Equal(tenant.Select(item => item.Number).Order(), tenant.Select(item => item.Number)));
        Assert.Equal(0, queue.Count);
    });

    [Fact]
    public void Take_BackloggedTenants_FairGapStaysBelowTwiceTheLargestCost() =>
        Gen.Select(Gen.Double[0.1, MaxCost].Array[100, 150], Gen.Double[0.1, MaxCost].Array[100, 150], Gen.Int[1, 4]).Sample((a, b, weight) =>
        {
            var queue = new FairQueue<TestItem>(0, tenant => tenant == "a" ? weight : 1);
            for (var i = 0; i < a.Length; i++)
            {
                queue.Enqueue(new TestItem("a", i, a[i]));
            }

            for (var i = 0; i < b.Length; i++)
            {
                queue.Enqueue(new TestItem("b", i, b[i]));
            }

            var (served, left) = (new Dictionary<string, double> { ["a"] = 0, ["b"] = 0 }, (A: a.Length, B: b.Length));
            while (left is { A: > 0, B: > 0 })
            {
                var item = queue.Take(0, double.MaxValue)!;
                served[item.Tenant] += item.Cost;
                left = item.Tenant == "a" ? (left.A - 1, left.B) : (left.A, left.B - 1);
                Assert.True(Math.Abs((served["a"] / weight) - served["b"]) <= 2 * MaxCost);
            }
        });

    [Fact]
    public void Take_TenantThatSplitsItsWork_GetsNoMore()
    {
        var queue = new FairQueue<TestItem>(0, _ => 1);
        for (var i = 0; i < 1000; i++)
        {
            queue.Enqueue(new TestItem("splitter", i, 0.1));
        }

        for (var i = 0; i < 100; i++)
        {
            queue.Enqueue(new TestItem("honest", i, 1));
        }

        var half = Enumerable.Range(0, 550).Select(_ => queue.Take(0, double.MaxValue)!).ToArray();
        var splitter = half.Where(item => item.Tenant == "splitter").Sum(item => item.Cost);
        Assert.InRange(splitter / half.Sum(item => item.Cost), 0.48, 0.52);
    }

    [Fact]
    public void Take_TenantThatLeavesAndComesBack_KeepsItsDebt()
    {
        var queue = new FairQueue<TestItem>(0, _ => 1);
        for (var i = 0; i < 20; i++)
        {
            queue.Enqueue(new TestItem("steady", i, 1));
        }

        queue.Enqueue(new TestItem("bursty", 0, 5));
        while (queue.Take(0, double.MaxValue) is { Tenant: "steady" })
        {
        }

        queue.Enqueue(new TestItem("bursty", 1, 5));
        var beforeBursty = 0;
        while (queue.Take(0, double.MaxValue) is { Tenant: "steady" })
        {
            beforeBursty++;
        }

        Assert.True(beforeBursty >= 4, $"{beforeBursty} items of the steady tenant came first");
    }

    [Fact]
    public void Take_ItemWhoseCallerLeft_IsSkipped()
    {
        var queue = new FairQueue<TestItem>(0, _ => 1);
        var left = new TestItem("a", 0);
        queue.Enqueue(left);
        queue.Enqueue(new TestItem("a", 1));
        Assert.True(left.TryLeave());
        Assert.Equal(1, queue.Take(0, double.MaxValue)!.Number);
        Assert.Null(queue.Take(0, double.MaxValue));
    }

    private static List<TestItem> Drain(FairQueue<TestItem> queue)
    {
        var taken = new List<TestItem>();
        while (queue.Peek() is { } head && queue.Take(head.Shape, double.MaxValue) is { } item)
        {
            taken.Add(item);
        }

        return taken;
    }
}
