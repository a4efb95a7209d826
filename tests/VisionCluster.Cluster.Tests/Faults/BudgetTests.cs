using System.Diagnostics;
using System.Net;
using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>More than fits, and everybody at once.</summary>
public sealed class BudgetTests(ITestOutputHelper output)
{
    /// <summary>What a server may grow by while it serves ten times of what fits, beyond the first round.</summary>
    private const long Growth = 64L << 20;

    [RedisFact]
    public async Task Sessions_TenTimesTheBudget_AllAnswerWithoutGrowth()
    {
        // The model, kept masks and about nine embeddings fit.
        using var cluster = await TestCluster.StartAsync(
            1, $"Vision:Devices:BudgetBytes={26 << 20}", $"Vision:Devices:MaskBudgetBytes={4 << 20}");
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 80);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        var first = cluster.Servers[0].ResidentBytes;
        for (var round = 0; round < 3; round++)
        {
            foreach (var id in ledger.Ids)
            {
                Assert.Equal(HttpStatusCode.OK, await balancer.ClickAsync(id));
            }
        }

        var last = cluster.Servers[0].ResidentBytes;
        var encoded = 0L;
        await Eventually.TrueAsync(
            async () => (encoded = (await cluster.Servers[0].EncodedAsync(1)).Values.Sum()) >= 160, FaultScale.Patience, "most clicks came too late for their embedding");
        output.WriteLine($"{first >> 20} MiB after the first round, {last >> 20} MiB after the fourth; {encoded} encodes");

        Assert.InRange(encoded, 160, 320);
        Assert.InRange(last, 0, first + Growth);
    }

    [RedisFact]
    public async Task Click_HundredFirstAtThreeGateways_IsOneEncode()
    {
        using var cluster = await TestCluster.StartAsync(3);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 1);
        var id = ledger.Ids.Single();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => balancer.ClickAsync(id)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        await Eventually.TrueAsync(async () => await EncodedAsync() > 0, FaultScale.Patience, "the encode was reported");
        await RealTime.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await EncodedAsync());

        async Task<long> EncodedAsync() => (await cluster.Servers[0].EncodedAsync(3)).Values.Sum();
    }

    [RedisFact]
    public async Task Click_OnAWarmSession_MakesNoTripToRedis()
    {
        using var cluster = await TestCluster.StartAsync(2);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 20);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        var (before, started) = (await cluster.Redis.CommandCountsAsync(), Stopwatch.GetTimestamp());
        for (var round = 0; round < 10; round++)
        {
            await Clicking.WarmAsync(balancer, ledger.Ids);
        }

        // Images and texts would be read and written by these.
        var after = await cluster.Redis.CommandCountsAsync();
        Assert.All(
            ["get", "set", "pexpireat", "exists"],
            command => Assert.Equal(before.GetValueOrDefault(command), after.GetValueOrDefault(command)));

        // Scripts write session state, each silo's sign of life and what tenants used, every few seconds: far fewer than the 200 clicks.
        Assert.InRange(Scripts(after) - Scripts(before), 0, 30 + (2 * Stopwatch.GetElapsedTime(started).TotalSeconds));

        // The control: uploads do make trips that are counted so.
        await ledger.UploadAsync(balancer.UploadAsync, 31);
        Assert.InRange(Scripts(await cluster.Redis.CommandCountsAsync()) - Scripts(after), 31, long.MaxValue);

        static long Scripts(IReadOnlyDictionary<string, long> counts) => counts.GetValueOrDefault("eval") + counts.GetValueOrDefault("evalsha");
    }
}
