using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>One of three silos is gone from one moment to the next.</summary>
public sealed class KilledSiloTests(ITestOutputHelper output)
{
    /// <summary>So many that no silo is without one, though where a session goes is drawn by lot.</summary>
    private const int InMemory = 60;

    private static readonly TimeSpan Published = TimeSpan.FromSeconds(1.5);

    [RedisFact]
    public async Task Kill_OneOfThree_SessionsAnswerSoonAndNothingIsLost()
    {
        // What is measured is how soon sessions are found again, not how fast two cores encode their images.
        using var model = new TinySam();
        using var cluster = await TestCluster.StartAsync(3, model.Settings);
        var random = new Random(FaultScale.Seed);
        for (var round = 0; round < (FaultScale.IsFull ? 10 : 1); round++)
        {
            var ledger = new Ledger(FaultScale.Seed + round);
            var victim = random.Next(3);
            using var balancer = new LoadBalancer(cluster.Servers);
            await ledger.UploadAsync(balancer.UploadAsync, FaultScale.Sessions);
            var before = await cluster.Servers[(victim + 1) % 3].EncodedAsync(3);
            await Clicking.WarmAsync(balancer, ledger.Ids);
            Dictionary<string, long> warm = [];
            await Eventually.TrueAsync(
                async () => (warm = await cluster.Servers[(victim + 1) % 3].EncodedAsync(3)).Values.Sum() - before.Values.Sum() >= ledger.Ids.Count,
                FaultScale.Patience,
                "every image was encoded");
            Assert.Equal(ledger.Ids.Count, warm.Values.Sum() - before.Values.Sum());

            cluster.Servers[victim].Kill();
            var took = await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, FaultScale.Patience);
            using var survivor = new ImageDriver(cluster.Servers[(victim + 1) % 3].Url);

            // The list forgets the dead one a few seconds after its last report. Where sessions go is drawn by lot: it may have had none.
            var after = await cluster.Servers[(victim + 1) % 3].EncodedAsync(2);
            var dead = warm.Keys.Except(after.Keys).ToArray();
            var ofTheDead = dead.Sum(host => warm[host] - before.GetValueOrDefault(host));
            var fewest = Math.Min(1, ofTheDead);
            await Eventually.TrueAsync(
                async () => (await cluster.Servers[(victim + 1) % 3].EncodedAsync(2)).Sum(pair => pair.Value - warm[pair.Key]) >= fewest, FaultScale.Patience, "some were encoded again");
            await RealTime.PassAsync(Published);
            after = await cluster.Servers[(victim + 1) % 3].EncodedAsync(2);
            var reencoded = after.Sum(pair => pair.Value - warm[pair.Key]);
            output.WriteLine($"round {round}: all {ledger.Ids.Count} answered after {took[^1].TotalSeconds:0.00} s, half of them after {took[took.Length / 2].TotalSeconds:0.00} s; {reencoded} of {ofTheDead} encoded again");
            Assert.True(took[^1] <= FaultScale.Bar(3), $"They answered after {took[^1].TotalSeconds:0.0} s.");
            Assert.InRange(reencoded, fewest, ofTheDead);
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
        await ledger.UploadAsync(balancer.UploadAsync, InMemory);
        cluster.Servers[1].Kill();
        using var survivor = new ImageDriver(cluster.Servers[0].Url);
        Assert.InRange(await ledger.CountLostAsync(survivor), 1, InMemory - 1);
    }
}
