using System.Net.Sockets;
using System.Text;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>A connection that sends what no HTTP client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client;

    /// <summary>Asked for once: a client that one of two has heard of its connection's end refuses it to the other.</summary>
    private readonly NetworkStream _stream;

    private RawConnection(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    public static async Task<RawConnection> OpenAsync(Uri server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        return new RawConnection(client);
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Sends one more byte; false where the other side has closed.</summary>
    public async Task<bool> TrySendAsync(byte more)
    {
        try
        {
            await _stream.WriteAsync(new[] { more });
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Status of the first answer; 0 where the other side closed without one.</summary>
    public async Task<int> StatusAsync()
    {
        var head = await ReadAsync(12);
        return head.Length == 12 ? int.Parse(head[9..], System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Waits until the other side closes.</summary>
    public async Task ClosedAsync() => await ReadAsync(int.MaxValue);

    public void Dispose() => _client.Dispose();

    private async Task<string> ReadAsync(int length)
    {
        var (text, buffer) = (new StringBuilder(), new byte[1024]);
        try
        {
            while (text.Length < length && await _stream.ReadAsync(buffer.AsMemory(0, Math.Min(1024, length - text.Length))) is > 0 and var read)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // Closed by force.
        }

        return text.ToString();
    }
}
