using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Gateway.Live;

namespace VisionCluster.Gateway.Tests.Live;

public sealed class LiveConnectionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _limit = new(Patience);
    private readonly SemaphoreSlim _gate = new(0);
    private readonly SemaphoreSlim _entered = new(0);
    private readonly GatewayOptions _options = new() { MaxLiveMessageBytes = 1024 };
    private readonly WebSocket _client;
    private readonly WebSocket _server;

    public LiveConnectionTests()
    {
        // A pipe that holds nothing: a message is sent when it has been read.
        var toServer = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var toClient = new Pipe();
        _client = WebSocket.CreateFromStream(
            new DuplexStream(toClient.Reader.AsStream(), toServer.Writer.AsStream()), new WebSocketCreationOptions());
        _server = WebSocket.CreateFromStream(
            new DuplexStream(toServer.Reader.AsStream(), toClient.Writer.AsStream()), new WebSocketCreationOptions { IsServer = true });
    }

    [Fact]
    public async Task RunAsync_PromptsWhileOneIsUnderWay_AnswersTheNewestOnly()
    {
        var running = RunAsync();
        await SendAsync(1);
        await _entered.WaitAsync(_limit.Token);
        foreach (var id in (int[])[2, 3, 4, 5])
        {
            await SendAsync(id);
        }

        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _limit.Token);
        _gate.Release(100);

        Assert.Equal([1, 5], await AnswersAsync());
        await running.WaitAsync(_limit.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, _client.CloseStatus);
    }

    [Fact]
    public async Task RunAsync_MessageTooLong_ClosesTheConnection()
    {
        var running = RunAsync();

        var sending = _client.SendAsync(new byte[2000], WebSocketMessageType.Text, true, _limit.Token);
        await AnswersAsync();

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, _client.CloseStatus);
        await running.WaitAsync(_limit.Token);
        _client.Abort();
        await Task.WhenAny(sending);
    }

    [Fact]
    public async Task RunAsync_NothingComesForTooLong_ClosesTheConnection()
    {
        var running = RunAsync();

        _time.Advance(_options.LiveIdleTimeout);
        await AnswersAsync();

        Assert.Equal("idle", _client.CloseStatusDescription);
        await running.WaitAsync(_limit.Token);
    }

    [Fact]
    public async Task RunAsync_ServerStops_EndsAtOnce()
    {
        using var stopping = new CancellationTokenSource();
        var running = RunAsync(stopping.Token);
        await SendAsync(1);
        await _entered.WaitAsync(_limit.Token);

        await stopping.CancelAsync();

        await running.WaitAsync(_limit.Token);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _limit.Dispose();
        _gate.Dispose();
        _entered.Dispose();
    }

    private Task RunAsync(CancellationToken stopping = default) => new LiveConnection(
        _server,
        async (_, token) =>
        {
            _entered.Release();
            await _gate.WaitAsync(token);
            return new SegmentResponse("fake", [], StageTimings.Zero);
        },
        _options,
        JsonSerializerOptions.Web,
        _time).RunAsync(stopping);

    private Task SendAsync(int id) => _client.SendAsync(
        Encoding.UTF8.GetBytes($$$"""{"id":{{{id}}},"request":{"prompts":[{"points":[{"x":1,"y":1}]}]}}"""),
        WebSocketMessageType.Text, true, _limit.Token);

    private async Task<List<int>> AnswersAsync()
    {
        var answers = new List<int>();
        var buffer = new byte[4096];
        while (await _client.ReceiveAsync(buffer.AsMemory(), _limit.Token) is { MessageType: not WebSocketMessageType.Close } received)
        {
            answers.Add(JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, received.Count)).GetProperty("id").GetInt32());
        }

        return answers;
    }
}
