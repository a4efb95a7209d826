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

    [RedisFact]
    public async Task Concurrency_AskedAtThreeGateways_HoldsForTheClusterAndOutlivesOne()
    {
        using var model = new TinySam();
        using var cluster = await TestCluster.StartAsync(3, [.. model.Settings, $"Vision:Limits:Default:Concurrency={Limit}"]);
        using var balancer = new LoadBalancer(cluster.Servers);
        var ledger = new Ledger(FaultScale.Seed);
        await ledger.UploadAsync(balancer.UploadAsync, 1);
        var open = new List<(ServerProcess Server, ClientWebSocket Socket)>();
        await OpenAsync(open, cluster.Servers, ledger.Ids.Single());
        var before = open.Count;
        cluster.Servers[2].Kill();

        // Asking takes a place too: that anything is answered shows that the dead gateway's are free.
        await cluster.IsWholeAsync(2);
        await OpenAsync(open, cluster.Servers[..2], ledger.Ids.Single());
        var after = open.Count(connection => !connection.Server.HasExited);
        open.ForEach(connection => connection.Socket.Dispose());
        output.WriteLine($"{before} of {Limit} at three gateways, {after} at the two that were left");
        Assert.InRange(before, Limit * 0.9, Limit * 1.1);
        Assert.InRange(after, Limit * 0.9, Limit * 1.1);
    }

    /// <summary>Tries at each of the gateways in turn, until none lets one in.</summary>
    private static async Task OpenAsync(List<(ServerProcess Server, ClientWebSocket Socket)> open, ServerProcess[] gateways, string id)
    {
        for (var refused = 0; refused < 5 * gateways.Length;)
        {
            var server = gateways[(open.Count + refused) % gateways.Length];
            var socket = new ClientWebSocket();
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
        }
    }
}
