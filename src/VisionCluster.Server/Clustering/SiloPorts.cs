using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace VisionCluster.Server.Clustering;

/// <summary>
/// The ports of a silo. Free ones are listened on from the moment they are chosen until the silo starts, seconds later,
/// when the models are warm: meanwhile nobody else takes them. They lie below those that systems give to outgoing
/// connections, of which any could have the number for a moment, and below Kubernetes' node ports.
/// </summary>
internal sealed class SiloPorts : IHostedService, IDisposable
{
    private const int First = 20_000;
    private const int Last = 29_999;
    private const int MaxTries = 1000;

    private readonly List<TcpListener> _held = [];

    /// <summary>Takes what is given and chooses where a port is 0.</summary>
    /// <exception cref="InvalidOperationException">No free port was found.</exception>
    public SiloPorts(VisionClusterOptions options)
    {
        Silo = options.SiloPort == 0 ? Hold() : options.SiloPort;
        Gateway = options.GatewayPort == 0 ? Hold() : options.GatewayPort;
    }

    /// <summary>Between silos.</summary>
    public int Silo { get; }

    /// <summary>For clients of the Orleans API.</summary>
    public int Gateway { get; }

    /// <summary>Lets the ports go. To be registered right before the silo.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _held.ForEach(static listener => listener.Dispose());
        _held.Clear();
    }

    private int Hold()
    {
        for (var i = 0; i < MaxTries; i++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last + 1);
            var listener = new TcpListener(IPAddress.Any, port);
            try
            {
                listener.Start();
                _held.Add(listener);
                return port;
            }
            catch (SocketException)
            {
                listener.Dispose();
            }
        }

        throw new InvalidOperationException($"No free port was found between {First} and {Last}; set {VisionClusterOptions.Section}:{nameof(VisionClusterOptions.SiloPort)} and {nameof(VisionClusterOptions.GatewayPort)}.");
    }
}
