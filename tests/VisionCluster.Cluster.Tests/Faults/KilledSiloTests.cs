using System.Diagnostics;
using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>One of three silos is gone from one moment to the next.</summary>
public sealed class KilledSiloTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Published = TimeSpan.FromSeconds(1.5);

    [RedisFact]
    public async Task Kill_OneOfThree_SessionsAnswerSoonAndNothingIsLost()
    {
        using var cluster = await TestCluster.StartAsync(3);
        var random = new Random(FaultScale.Seed);
        for (var round = 0; round < (FaultScale.IsFull ? 10 : 1); round++)
        {
            var ledger = new Ledger(FaultScale.Seed + round);
            var victim = random.Next(3);
            using var balancer = new LoadBalancer(cluster.Servers);
            await ledger.UploadAsync(balancer.UploadAsync, FaultScale.Sessions);
            var before = await EncodedAsync(cluster.Servers[(victim + 1) % 3], null);
            await Clicking.WarmAsync(balancer, ledger.Ids);
            await RealTime.PassAsync(Published);
            var warm = await EncodedAsync(cluster.Servers[(victim + 1) % 3], null);
            Assert.Equal(ledger.Ids.Count, warm.Values.Sum() - before.Values.Sum());

            cluster.Servers[victim].Kill();
            var took = await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, TimeSpan.FromSeconds(15));
            using var survivor = new ImageDriver(cluster.Servers[(victim + 1) % 3].Url);
            // The list forgets the dead one a few seconds after its last report.
            var after = await EncodedAsync(cluster.Servers[(victim + 1) % 3], 2);
            var dead = warm.Keys.Except(after.Keys).ToArray();
            var reencoded = after.Sum(pair => pair.Value - warm[pair.Key]);
            var ofTheDead = dead.Sum(host => warm[host] - before.GetValueOrDefault(host));
            output.WriteLine($"round {round}: all {ledger.Ids.Count} answered after {took.TotalSeconds:0.00} s; {reencoded} of {ofTheDead} encoded again");
            Assert.True(took <= TimeSpan.FromSeconds(3), $"They answered after {took.TotalSeconds:0.0} s.");
            Assert.InRange(reencoded, 1, ofTheDead);
            Assert.Equal(0, await ledger.CountLostAsync(survivor));
            cluster.Servers[victim].Restart();
            await cluster.Servers[victim].WaitUntilReadyAsync();
            await cluster.IsWholeAsync();
        }
    }

    /// <summary>The control: without a store beyond the silo the same check finds losses.</summary>
    [RedisFact]
    public async Task Kill_WithImagesInMemoryOnly_IsSeenAsLoss()
    {
        using var cluster = await TestCluster.StartAsync(2, "Vision:ImageStore:Provider=Memory");
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 20);
        cluster.Servers[1].Kill();
        using var survivor = new ImageDriver(cluster.Servers[0].Url);
        Assert.InRange(await ledger.CountLostAsync(survivor), 1, 19);
    }

    [RedisFact]
    public async Task Stop_OneOfThreeForGood_SessionsAnswerElsewhere()
    {
        using var cluster = await TestCluster.StartAsync(3);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, FaultScale.Sessions);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        cluster.Servers[1].Signal(PosixSignal.Stop);
        var took = await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, TimeSpan.FromSeconds(30));
        output.WriteLine($"all {ledger.Ids.Count} answered after {took.TotalSeconds:0.00} s");
        Assert.True(took <= TimeSpan.FromSeconds(8), $"They answered after {took.TotalSeconds:0.0} s.");

        // It wakes up to find itself dead and must not go on as if nothing had happened.
        cluster.Servers[1].Signal(PosixSignal.Continue);
        await cluster.Servers[1].ExitedAsync(TimeSpan.FromSeconds(30));
        using var survivor = new ImageDriver(cluster.Servers[0].Url);
        Assert.Equal(0, await ledger.CountLostAsync(survivor));
    }

    [RedisFact]
    public async Task Stop_ForTwoSeconds_IsNoDeath()
    {
        using var cluster = await TestCluster.StartAsync(2);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 10);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        await RealTime.PassAsync(Published);
        var before = await EncodedAsync(cluster.Servers[0], 2);
        cluster.Servers[1].Signal(PosixSignal.Stop);
        await RealTime.PassAsync(TimeSpan.FromSeconds(2));
        cluster.Servers[1].Signal(PosixSignal.Continue);
        await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, TimeSpan.FromSeconds(30));
        await RealTime.PassAsync(Published);
        var after = await EncodedAsync(cluster.Servers[0], 2);
        Assert.Equal(before.OrderBy(pair => pair.Key), after.OrderBy(pair => pair.Key));
        Assert.False(cluster.Servers[1].HasExited);
    }

    [FullFact]
    public async Task Hogs_OnEveryCore_AreNoDeath()
    {
        using var cluster = await TestCluster.StartAsync(3);
        var hogs = Enumerable.Range(0, 8).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"])).ToArray();
        try
        {
            await RealTime.PassAsync(TimeSpan.FromSeconds(30));
            cluster.Servers[0].Signal(PosixSignal.Stop);
            await RealTime.PassAsync(TimeSpan.FromSeconds(4));
            cluster.Servers[0].Signal(PosixSignal.Continue);
            await RealTime.PassAsync(TimeSpan.FromSeconds(10));
        }
        finally
        {
            Array.ForEach(hogs, hog => hog.Kill());
        }

        await cluster.IsWholeAsync();
        Assert.All(cluster.Servers, server => Assert.False(server.HasExited, server.Output));
    }

    private static async Task<Dictionary<string, long>> EncodedAsync(ServerProcess server, int? devices)
    {
        using var driver = new ImageDriver(server.Url);
        (string Host, long ImagesEncoded)[] answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await driver.DevicesAsync();
                return answer.Length > 0 && (devices is null || answer.Length == devices);
            },
            TimeSpan.FromSeconds(10),
            "devices are listed");
        return answer.ToDictionary(device => device.Host, device => device.ImagesEncoded);
    }
}
