using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VisionCluster.Gateway.Fetching;

namespace VisionCluster.Gateway.Tests.Fetching;

/// <summary>An internet of one's own: names, and one answer to every request, whatever address it was sent to.</summary>
internal sealed class CannedNetwork(Func<string, IPAddress[]> resolve, Func<string, byte[]?> answer) : IOutboundNetwork, IDisposable
{
    private readonly TcpListener _listener = Listen();

    /// <summary>Addresses that were connected to.</summary>
    public ConcurrentQueue<IPEndPoint> Connected { get; } = new();

    /// <summary>Heads of the requests that were sent.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Task.FromResult(resolve(host));

    public async ValueTask<Stream> ConnectAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        Connected.Enqueue(endpoint);
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, cancellationToken);
        _ = AnswerAsync(await _listener.AcceptTcpClientAsync(cancellationToken));
        return client.GetStream();
    }

    public void Dispose() => _listener.Dispose();

    public static byte[] Redirect(string location) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    public static byte[] Ok(byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];

    /// <summary>No such name.</summary>
    public static IPAddress[] Unknown() => throw new SocketException((int)SocketError.HostNotFound);

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    /// <summary>Reads one head and answers it; null: keeps the caller waiting until it leaves.</summary>
    private async Task AnswerAsync(TcpClient caller)
    {
        using var connection = caller;
        var (stream, head, buffer) = (caller.GetStream(), new StringBuilder(), new byte[4096]);
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                return;
            }

            head.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        Requests.Enqueue(head.ToString());
        if (answer(head.ToString()) is { } bytes)
        {
            await stream.WriteAsync(bytes);
        }
        else
        {
            Assert.Equal(0, await stream.ReadAsync(buffer));
        }
    }
}
