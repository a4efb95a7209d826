using System.Net;

namespace VisionCluster.Gateway.Fetching;

/// <summary>Names and connections, as the operating system gives them.</summary>
internal interface IOutboundNetwork
{
    /// <summary>Addresses of a name.</summary>
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);

    /// <summary>Connects to exactly this address.</summary>
    ValueTask<Stream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken);
}
