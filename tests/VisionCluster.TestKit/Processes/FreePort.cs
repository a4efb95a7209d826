using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace VisionCluster.TestKit.Processes;

/// <summary>
/// Ports for processes that are told where to listen. They lie below those that the system gives to outgoing connections
/// and to listeners that take any (32,768 and up on Linux), and below those that silos choose for themselves (20,000 and
/// up): nobody takes one between its choice and its use.
/// </summary>
public static class FreePort
{
    private const int First = 11_000;
    private const int Last = 19_999;

    private static readonly Lock Guard = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>The first of some ports in a row that nothing listens on; each is given once in a process.</summary>
    /// <exception cref="InvalidOperationException">None are left.</exception>
    public static int Next(int inARow = 1)
    {
        lock (Guard)
        {
            const int Count = Last - First + 1;
            var start = RandomNumberGenerator.GetInt32(Count);
            for (var i = 0; i < Count; i++)
            {
                var port = First + ((start + i) % Count);
                if (port + inARow - 1 <= Last && Enumerable.Range(port, inARow).All(static one => !Given.Contains(one) && IsFree(one)))
                {
                    Given.UnionWith(Enumerable.Range(port, inARow));
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"No {inARow} ports in a row are free between {First} and {Last}.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
