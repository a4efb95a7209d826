using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace VisionCluster.Cli.Tests.Models.Pull;

/// <summary>A server on this machine that speaks just enough HTTP/1.1 to lie: what it answers is said byte by byte.</summary>
internal sealed class FaultyHub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<HubRequest, HubAnswer> _answer;
    private readonly Task _serving;

    public FaultyHub(Func<HubRequest, HubAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public ConcurrentQueue<HubRequest> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync(_stopping.Token);
                await AnswerAsync(connection.GetStream());
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                // The caller left, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync(_stopping.Token) ?? "").Split(' ').ElementAtOrDefault(1) ?? "";
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 } line)
        {
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }

        var from = headers.TryGetValue("Range", out var range)
            ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : (int?)null;
        var request = new HubRequest(path, from, headers.GetValueOrDefault("Authorization"));
        Requests.Enqueue(request);
        var answer = _answer(request);
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} x\r\nConnection: close\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stopping.Token);
        await stream.WriteAsync(answer.Body, _stopping.Token);
    }
}
