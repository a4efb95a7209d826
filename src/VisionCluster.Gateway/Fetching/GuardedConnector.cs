using System.Net;
using System.Net.Sockets;

namespace VisionCluster.Gateway.Fetching;

/// <summary>
/// Connects to a host only where every address that its name has is allowed, and to such an address itself: a name that
/// answers otherwise a moment later gains nothing.
/// </summary>
/// <param name="network">Names and connections.</param>
/// <param name="isAllowed">Which addresses may be connected to.</param>
internal sealed class GuardedConnector(IOutboundNetwork network, Func<IPAddress, bool> isAllowed)
{
    /// <exception cref="AddressRefusedException">The host has an address that is not allowed.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await network.ResolveAsync(host, cancellationToken);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, address => isAllowed(address)))
        {
            throw new AddressRefusedException();
        }

        for (var i = 0; ; i++)
        {
            try
            {
                return await network.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken);
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                // The next of its addresses may answer.
            }
        }
    }
}
