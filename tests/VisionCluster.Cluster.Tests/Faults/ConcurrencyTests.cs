using System.Diagnostics;
using System.Net.WebSockets;
using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>A tenant keeps as many connections open as three gateways let it; then one of them dies with its own.</summary>
public sealed class ConcurrencyTests(ITestOutputHelper output)
{
    private const int Limit = 30;
    private const int Rounds = 5;

    /// <summary>An answer that took longer came from a gateway that may not have waited for the tenant's grain, and went by the limit alone.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    [RedisFact]
    public async Task Concurrency_AskedAtThreeGateways_HoldsForTheClusterAndOutlivesOne()
    {
        using var model = new TinySam();
        using var cluster = await TestCluster.StartAsync(3, [.. model.Settings, $"Vision:Limits:Default:Concurrency={Limit}"]);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 1);
        var (open, id) = (new List<(ServerProcess Server, ClientWebSocket Socket)>(), ledger.Ids.Single());
        await FillAsync(open, cluster.Servers, id, static slowest => slowest >= Slow);
        var before = open.Count;
        cluster.Servers[2].Kill();
        open.RemoveAll(static connection => connection.Server.HasExited);

        // Asking takes a place too: that anything is answered shows that the dead gateway's are free.
        await cluster.IsWholeAsync(2);

        // Where the grain died too, gateways go by the limit alone until another has it.
        await FillAsync(open, cluster.Servers[..2], id, static _ => true);
        var after = open.Count;
        open.ForEach(connection => connection.Socket.Dispose());
        output.WriteLine($"{before} of {Limit} at three gateways, {after} at the two that were left");
        Assert.InRange(before, Limit * 0.9, Limit * 1.1);
        Assert.InRange(after, Limit * 0.9, Limit * 1.1);
    }

    /// <summary>Opens as many as it is let; what does not keep to the limit is given back and tried anew where there is an excuse.</summary>
    private async Task FillAsync(
        List<(ServerProcess Server, ClientWebSocket Socket)> open, ServerProcess[] gateways, string id, Func<TimeSpan, bool> mayTryAnew)
    {
        for (var (round, kept) = (1, open.Count); ; round++)
        {
            var slowest = await OpenAsync(open, gateways, id);
            if (open.Count is >= (int)(Limit * 0.9) and <= (int)(Limit * 1.1) || round == Rounds || !mayTryAnew(slowest))
            {
                return;
            }

            output.WriteLine($"{open.Count} of {Limit}, the slowest answer after {slowest.TotalSeconds:0.00} s: once more");
            open[kept..].ForEach(connection => connection.Socket.Dispose());
            open.RemoveRange(kept, open.Count - kept);
            await RealTime.PassAsync(Settling);
        }
    }

    /// <summary>Tries at each of the gateways in turn, until none lets one in.</summary>
    /// <returns>What the slowest answer took.</returns>
    private static async Task<TimeSpan> OpenAsync(List<(ServerProcess Server, ClientWebSocket Socket)> open, ServerProcess[] gateways, string id)
    {
        var slowest = TimeSpan.Zero;
        for (var refused = 0; refused < 5 * gateways.Length;)
        {
            var server = gateways[(open.Count + refused) % gateways.Length];
            var socket = new ClientWebSocket();
            var started = Stopwatch.GetTimestamp();
            try
            {
                await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = $"/v1/images/{id}/live" }.Uri, default);
                open.Add((server, socket));
                refused = 0;
            }
            catch (WebSocketException error)
            {
                Assert.Contains("429", error.Message, StringComparison.Ordinal);
                socket.Dispose();
                refused++;
                await RealTime.PassAsync(TimeSpan.FromMilliseconds(50));
            }

            var took = Stopwatch.GetElapsedTime(started);
            slowest = took > slowest ? took : slowest;
        }

        return slowest;
    }
}
