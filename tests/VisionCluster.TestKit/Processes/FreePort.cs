using System.Net;
using System.Net.Sockets;

namespace VisionCluster.TestKit.Processes;

/// <summary>Ports that nothing listens on yet.</summary>
public static class FreePort
{
    /// <summary>A free port of the loopback address.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
