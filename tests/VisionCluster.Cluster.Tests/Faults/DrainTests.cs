using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>Silos leave and come while people click.</summary>
public sealed class DrainTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(60);

    /// <summary>Longer than those who send requests may stand still before they look who is ready.</summary>
    private const string Notice = "Vision:Drain:Notice=00:00:08";

    private const int Rounds = 5;

    [RedisFact]
    public async Task Terminate_OneAfterTheOther_NoClientSeesAFailure()
    {
        using var cluster = await TestCluster.StartAsync(3, Notice);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, FaultScale.Sessions);
        await Clicking.WarmAsync(balancer, ledger.Ids);
        using var upgrade = ModelUpgrade.Of("starter-sam", "2");
        await using var clicking = new Clicking(balancer, ledger.Ids);
        for (var i = 0; i < cluster.Servers.Length; i++)
        {
            await RealTime.PassAsync(Load);
            cluster.Servers[i].Signal(PosixSignal.Terminate);
            var took = await cluster.Servers[i].ExitedAsync(Leaving);
            output.WriteLine($"server {i} left after {took.TotalSeconds:0.0} s; so far {clicking.Summary}");
            Assert.Equal(0, cluster.Servers[i].ExitCode);

            // The new one has a new model, which old embeddings are nothing to, and other options.
            cluster.Servers[i].Restart(
                $"Vision:Models:Directories:0={upgrade.Directory}", $"Vision:TextEmbeddings:LabelsPerSilo={1000 + i}", "Vision:Drain:Timeout=00:00:20");
            await cluster.Servers[i].WaitUntilReadyAsync();
        }

        await RealTime.PassAsync(Load);
        await clicking.StopAsync();
        Assert.True(clicking.Failed == 0, clicking.Summary);
        Assert.InRange(clicking.Answered, 50, int.MaxValue);
        Assert.Equal(["2"], await balancer.Next().ModelVersionsAsync());
        Assert.Equal(0, await ledger.CountLostAsync(balancer.Next()));
    }

    /// <summary>The control: the same people see a server that is killed instead.</summary>
    [RedisFact]
    public async Task Kill_UnderLoad_IsSeenByClients()
    {
        using var cluster = await TestCluster.StartAsync(2);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 10);
        for (var round = 1; ; round++)
        {
            await using var clicking = new Clicking(balancer, ledger.Ids);
            await RealTime.PassAsync(Load);
            cluster.Servers[0].Kill();
            await RealTime.PassAsync(Load);
            await clicking.StopAsync();
            Assert.True(clicking.Failed > 0 || round < Rounds, clicking.Summary);
            if (clicking.Failed > 0)
            {
                return;
            }

            // At that moment everybody may have waited for the other one.
            cluster.Servers[0].Restart();
            await cluster.Servers[0].WaitUntilReadyAsync();
            await cluster.IsWholeAsync();
        }
    }
}
