using System.Net;
using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>Two silos reach Redis and their clients, but not each other.</summary>
public sealed class PartitionTests(ITestOutputHelper output)
{
    private const int Images = 20;

    [RedisFact]
    public async Task Partition_OfTwoSilos_NoSessionIsMadeTwice()
    {
        using var redis = await RedisServer.StartAsync();
        var (leftPort, rightPort) = (FreePort.Next(), FreePort.Next());
        await using var left = new TcpProxy(leftPort);
        await using var right = new TcpProxy(rightPort);
        using var one = ServerProcess.Start(TestCluster.Settings(redis, $"Vision:Cluster:SiloPort={left.Port}", $"Vision:Cluster:ListenPort={leftPort}"));
        using var two = ServerProcess.Start(TestCluster.Settings(redis, $"Vision:Cluster:SiloPort={right.Port}", $"Vision:Cluster:ListenPort={rightPort}"));
        await Task.WhenAll(one.WaitUntilReadyAsync(), two.WaitUntilReadyAsync());
        using var driver = new ImageDriver(one.Url);
        await Eventually.TrueAsync(async () => (await driver.DevicesAsync()).Length == 2, FaultScale.Patience, "they know each other");

        left.Cut();
        right.Cut();
        var (ledger, created) = await UploadAtBothAsync(one, two);
        output.WriteLine($"created {string.Join(' ', created)}; ended: {one.HasExited} {two.HasExited}");
        Assert.All(created, times => Assert.InRange(times, 0, 1));
        await Eventually.TrueAsync(() => Task.FromResult(one.HasExited ^ two.HasExited), FaultScale.Patience, "one of them has left");
        using var survivor = new ImageDriver(one.HasExited ? two.Url : one.Url);
        Assert.Equal(0, await ledger.CountLostAsync(survivor));
    }

    /// <summary>The control: two clusters that share nothing make every session twice.</summary>
    [RedisFact]
    public async Task Partition_OfTheStoresToo_IsSeen()
    {
        using var left = await TestCluster.StartAsync(1);
        using var right = await TestCluster.StartAsync(1);
        var (_, created) = await UploadAtBothAsync(left.Servers[0], right.Servers[0]);
        Assert.All(created, times => Assert.Equal(2, times));
    }

    /// <summary>Uploads each picture at both gateways at once; how often each was said to be created.</summary>
    private static async Task<(Ledger Ledger, int[] Created)> UploadAtBothAsync(ServerProcess one, ServerProcess two)
    {
        var ledger = new Ledger(FaultScale.Seed);
        var created = await Task.WhenAll(Enumerable.Range(0, Images).Select(async _ =>
        {
            var times = 0;
            await ledger.TryUploadAsync(async image =>
            {
                var answers = await Task.WhenAll(TryAsync(one, image), TryAsync(two, image));
                times = answers.Count(answer => answer == HttpStatusCode.Created);
                return answers.Any(answer => answer is HttpStatusCode.Created or HttpStatusCode.OK) ? HttpStatusCode.OK : 0;
            });
            return times;
        }));
        return (ledger, created);
    }

    private static async Task<HttpStatusCode> TryAsync(ServerProcess server, byte[] image)
    {
        using var driver = new ImageDriver(server.Url);
        try
        {
            return await driver.UploadAsync(image);
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return 0;
        }
    }
}
