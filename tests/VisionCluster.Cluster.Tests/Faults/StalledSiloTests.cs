using System.Diagnostics;
using System.Net;
using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>A silo stands still: for good, for a while, or because others take its cores.</summary>
public sealed class StalledSiloTests(ITestOutputHelper output)
{
    private const int Rounds = 5;

    private static readonly TimeSpan Published = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(0.7);

    [RedisFact]
    public async Task Stop_OneOfThreeForGood_SessionsAnswerElsewhere()
    {
        using var model = new TinySam();
        using var cluster = await TestCluster.StartAsync(3, model.Settings);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, FaultScale.Sessions);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        cluster.Servers[1].Signal(PosixSignal.Stop);
        var took = await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, FaultScale.Patience);
        output.WriteLine($"all {ledger.Ids.Count} answered after {took[^1].TotalSeconds:0.00} s, half of them after {took[took.Length / 2].TotalSeconds:0.00} s");
        Assert.True(took[^1] <= FaultScale.Bar(8), $"They answered after {took[^1].TotalSeconds:0.0} s.");

        // It wakes up to find itself dead and must not go on as if nothing had happened.
        using var survivor = new ImageDriver(cluster.Servers[0].Url);
        var deleted = ledger.Ids.Take(ledger.Ids.Count / 2).ToArray();
        Assert.All(await Task.WhenAll(deleted.Select(survivor.DeleteAsync)), status => Assert.Equal(HttpStatusCode.NoContent, status));
        await RealTime.PassAsync(FaultScale.Stall);
        cluster.Servers[1].Signal(PosixSignal.Continue);
        await cluster.Servers[1].ExitedAsync(FaultScale.Patience);

        // Had it written what it last knew, the half that it owned of these would be back.
        foreach (var id in deleted)
        {
            Assert.Null(await survivor.ReadAsync(id));
            Assert.True(survivor.IsNotFound);
            Assert.Equal(HttpStatusCode.NotFound, await survivor.ClickAsync(id));
            ledger.Forget(id);
        }

        Assert.Equal(0, await ledger.CountLostAsync(survivor));
    }

    [RedisFact]
    public async Task Stop_ForTwoSeconds_IsNoDeath()
    {
        for (var round = 1; !await StopAsync(TimeSpan.FromSeconds(2), isLast: round == Rounds); round++)
        {
            output.WriteLine($"round {round}: the machine made it longer");
        }
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

    /// <summary>
    /// Stops one of two silos for a while and expects to find everything where it was. False where it stood still for much
    /// longer, because the machine had no time for it or for this test: that may be a death.
    /// </summary>
    private static async Task<bool> StopAsync(TimeSpan pause, bool isLast)
    {
        using var cluster = await TestCluster.StartAsync(2);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 10);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        Dictionary<string, long> before = [];
        await Eventually.TrueAsync(
            async () => (before = await cluster.Servers[0].EncodedAsync(2)).Values.Sum() >= ledger.Ids.Count, FaultScale.Patience, "every encode was reported");

        var stopped = Stopwatch.GetTimestamp();
        cluster.Servers[1].Signal(PosixSignal.Stop);
        await RealTime.PassAsync(pause);
        cluster.Servers[1].Signal(PosixSignal.Continue);
        await Eventually.TrueAsync(async () => await cluster.Servers[1].ProbeAsync() is not null, FaultScale.Patience, "it goes on");
        if (Stopwatch.GetElapsedTime(stopped) > pause + Late && !isLast)
        {
            return false;
        }

        await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, FaultScale.Patience);
        await RealTime.PassAsync(Published);
        var after = await cluster.Servers[0].EncodedAsync(2);
        Assert.Equal(before.OrderBy(pair => pair.Key), after.OrderBy(pair => pair.Key));
        Assert.False(cluster.Servers[1].HasExited);
        return true;
    }
}
