using System.Diagnostics;
using System.Net;
using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>Redis or the disk is away while people click and upload.</summary>
public sealed class StoreFaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(FaultScale.IsFull ? 60 : 5);

    [RedisFact]
    public async Task Redis_KilledForAWhile_WarmSessionsAnswerAndNothingIsAcknowledgedFalsely()
    {
        using var cluster = await TestCluster.StartAsync(2);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 30);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        await using var clicking = new Clicking(balancer, ledger.Ids);

        cluster.Redis.Kill();
        var refused = new List<HttpStatusCode>();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Outage)
        {
            refused.Add(await ledger.TryUploadAsync(balancer.UploadAsync));
            await RealTime.PassAsync(TimeSpan.FromMilliseconds(200));
        }

        await cluster.Redis.RestartAsync();
        var whole = await Eventually.TrueAsync(
            async () => await ledger.TryUploadAsync(balancer.UploadAsync) == HttpStatusCode.Created,
            TimeSpan.FromSeconds(10),
            "uploads are taken again");
        await clicking.StopAsync();
        output.WriteLine($"clicks {clicking.Summary}; uploads meanwhile {string.Join(' ', refused.Distinct().Select(code => (int)code))}; whole after {whole.TotalSeconds:0.0} s");
        Assert.All(refused, status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        Assert.True(clicking.Failed <= clicking.Answered * 0.001, clicking.Summary);
        Assert.Equal(0, await ledger.CountLostAsync(balancer.Next()));
        Assert.All(cluster.Servers, server => Assert.False(server.HasExited, server.Output));
    }

    [RedisFact]
    public async Task Redis_Wiped_WarmSessionsAnswerAndTheClusterIsWholeAgain()
    {
        using var cluster = await TestCluster.StartAsync(2);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 30);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        await using var clicking = new Clicking(balancer, ledger.Ids);
        Assert.Equal("+OK", await cluster.Redis.RunAsync("FLUSHALL"));
        var started = Stopwatch.GetTimestamp();

        // Nothing that was acknowledged before can be there: what is acknowledged now must be.
        var fresh = new Ledger(FaultScale.Seed + 1);
        await Eventually.TrueAsync(
            async () => await fresh.TryUploadAsync(balancer.UploadAsync) == HttpStatusCode.Created, TimeSpan.FromSeconds(60), "uploads are taken");
        await Eventually.TrueAsync(
            async () => (await cluster.Redis.RunAsync("HLEN visioncluster/members/visioncluster")) == ":3", TimeSpan.FromSeconds(60), "both silos are members again");
        var whole = Stopwatch.GetElapsedTime(started);
        var joined = ServerProcess.Start(TestCluster.Settings(cluster.Redis));
        try
        {
            await joined.WaitUntilReadyAsync();
            using var driver = new ImageDriver(joined.Url);
            await Eventually.TrueAsync(async () => (await driver.DevicesAsync()).Length == 3, TimeSpan.FromSeconds(20), "a new silo joins the others");
            await clicking.StopAsync();
        }
        finally
        {
            joined.Dispose();
        }

        output.WriteLine($"clicks {clicking.Summary}; whole after {whole.TotalSeconds:0.0} s");
        Assert.True(clicking.Failed <= clicking.Answered * 0.001, clicking.Summary);
        Assert.Equal(0, await fresh.CountLostAsync(balancer.Next()));
    }

    [RedisFact]
    public async Task Disk_Full_UploadsAreRefusedClearlyAndClicksGoOn()
    {
        using var disk = new SmallDisk(megabytes: 2);
        if (!disk.IsMounted)
        {
            output.WriteLine("not run: only root may mount a small disk");
            return;
        }

        using var cluster = await TestCluster.StartAsync(1, "Vision:ImageStore:Provider=Files", $"Vision:ImageStore:Folder={disk.Path}");
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 10);
        var refused = HttpStatusCode.Created;
        for (var i = 0; i < 400 && refused == HttpStatusCode.Created; i++)
        {
            refused = await ledger.TryUploadAsync(balancer.UploadAsync);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused);
        output.WriteLine($"{ledger.Ids.Count} fitted");
        await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, TimeSpan.FromSeconds(30));
        Assert.Equal(0, await ledger.CountLostAsync(balancer.Next()));
    }
}
