using System.Net;
using System.Net.Sockets;
using VisionCluster.Server.Clustering;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Cluster.Tests.Clustering;

public sealed class SiloPortsTests
{
    [Fact]
    public async Task Ports_ThatAreChosen_AreHeldUntilTheSiloStarts()
    {
        using var ports = new SiloPorts(new VisionClusterOptions());
        Assert.All([ports.Silo, ports.Gateway], port => Assert.Equal(SocketError.AddressAlreadyInUse, Listen(port)));
        await ports.StartAsync(CancellationToken.None);
        Assert.All([ports.Silo, ports.Gateway], port => Assert.Equal(SocketError.Success, Listen(port)));
    }

    [Fact]
    public void Ports_OfManyAtOnce_AreAllDifferent()
    {
        var silos = Enumerable.Range(0, 200).Select(_ => new SiloPorts(new VisionClusterOptions())).ToArray();
        var chosen = silos.SelectMany(ports => new[] { ports.Silo, ports.Gateway }).ToArray();
        Array.ForEach(silos, ports => ports.Dispose());
        Assert.Distinct(chosen);
    }

    [Fact]
    public void Ports_ThatAreGiven_AreTakenAndNotHeld()
    {
        var given = FreePort.Next(inARow: 2);
        using var ports = new SiloPorts(new VisionClusterOptions { SiloPort = given, GatewayPort = given + 1 });
        Assert.Equal((given, given + 1), (ports.Silo, ports.Gateway));
        Assert.All([given, given + 1], port => Assert.Equal(SocketError.Success, Listen(port)));
    }

    private static SocketError Listen(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return SocketError.Success;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }
}
