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
            FaultScale.Bar(10),
            "uploads are taken again");
        await clicking.StopAsync();
        output.WriteLine($"clicks {clicking.Summary}; uploads meanwhile {string.Join(' ', refused.Distinct().Select(code => (int)code))}; whole after {whole.TotalSeconds:0.0} s");
        Assert.All(refused, status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        Assert.True(clicking.Failed <= clicking.Answered * 0.001, clicking.Summary);
        Assert.Equal(0, await ledger.CountLostAsync(balancer.Next()));
        Assert.All(cluster.Servers, server => Assert.False(server.HasExited, server.Output));
    }

    [RedisFact]
    public async Task Redis_Wiped_SessionsAreStoredAgainAndOutliveTheirSilo()
    {
        using var cluster = await TestCluster.StartAsync(2);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 30);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        await using var clicking = new Clicking(balancer, ledger.Ids);
        Assert.Equal("+OK", await cluster.Redis.RunAsync("FLUSHALL"));

        var stored = await Eventually.TrueAsync(
            async () => await cluster.Redis.RunAsync("ZCARD visioncluster:images:{default}/expiries") == $":{ledger.Ids.Count}", FaultScale.Patience, "all images are stored again");
        var whole = stored + await Eventually.TrueAsync(
            async () => (await cluster.Redis.RunAsync("HLEN visioncluster/members/visioncluster")) == ":3", FaultScale.Patience, "both silos are members again");
        using var joined = ServerProcess.Start(TestCluster.Settings(cluster.Redis));
        await joined.WaitUntilReadyAsync();
        using var driver = new ImageDriver(joined.Url);
        await Eventually.TrueAsync(async () => (await driver.DevicesAsync()).Length == 3, FaultScale.Patience, "a new silo joins the others");
        await clicking.StopAsync();
        output.WriteLine($"clicks {clicking.Summary}; stored again after {stored.TotalSeconds:0.0} s, whole after {whole.TotalSeconds:0.0} s");
        Assert.True(clicking.Failed <= clicking.Answered * 0.001, $"{clicking.Summary}\n{string.Join('\n', cluster.Servers.Select(server => server.Output))}");

        // Their embeddings are lost with a silo: the others read the images that were written again.
        cluster.Servers[0].Kill();
        var answered = await Clicking.UntilAllAnswerAsync(balancer, ledger.Ids, FaultScale.Patience);
        output.WriteLine($"all answer {answered[^1].TotalSeconds:0.0} s after a silo was lost");
        Assert.Equal(0, await ledger.CountLostAsync(driver));
        await new Ledger(FaultScale.Seed + 1).UploadAsync(image => driver.UploadAsync(image), 1);
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
        await Clicking.WarmAsync(balancer, ledger.Ids);
        Assert.Equal(0, await ledger.CountLostAsync(balancer.Next()));
    }
}
