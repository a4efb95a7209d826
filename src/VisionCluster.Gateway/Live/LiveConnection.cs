using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Gateway.Errors;

namespace VisionCluster.Gateway.Live;

/// <summary>
/// One pointer that hovers over an image: prompts in, masks out. One prompt is under way and one waits; a newer one
/// takes the place of the one that waits, so that masks keep up with the pointer however slow device or network are,
/// and nothing piles up. Answers come in the order of the prompts; a prompt that was overtaken has none.
/// </summary>
/// <param name="socket">The connection.</param>
/// <param name="segment">Segments.</param>
/// <param name="limits">Length of a message, and how long the connection may be idle.</param>
/// <param name="json">How messages are written.</param>
/// <param name="time">Clock.</param>
internal sealed class LiveConnection(
    WebSocket socket,
    Func<SegmentRequest, CancellationToken, Task<SegmentResponse>> segment,
    GatewayOptions limits,
    JsonSerializerOptions json,
    TimeProvider time)
{
    private const int FirstBuffer = 4096;

    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(30);

    private readonly Channel<byte[]> _newest = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    /// <summary>Serves the connection until either side closes it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answering = AnswerAsync(ended);
        try
        {
            await ReceiveAsync(ended.Token);
            _newest.Writer.Complete();
            await answering;
            await CloseAsync(WebSocketCloseStatus.NormalClosure, "", ended.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The other side is gone, or does not take what it asked for: there is nobody to tell.
            socket.Abort();
        }
        finally
        {
            await ended.CancelAsync();
            _newest.Writer.TryComplete();
            await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads messages until the other side closes; each displaces the one that waits.</summary>
    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        // One byte more than is allowed, to find out that a message has more.
        var largest = limits.MaxLiveMessageBytes + 1;
        var buffer = new byte[Math.Min(FirstBuffer, largest)];
        while (true)
        {
            var filled = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, Math.Min(2 * filled, largest));
                }

                if (await NextAsync(buffer.AsMemory(filled), cancellationToken) is not { } next)
                {
                    await CloseAsync(WebSocketCloseStatus.NormalClosure, "idle", cancellationToken);
                    return;
                }

                received = next;
                filled += received.Count;
                if (filled == largest)
                {
                    await CloseAsync(
                        WebSocketCloseStatus.MessageTooBig, $"A message may have at most {limits.MaxLiveMessageBytes} bytes.", cancellationToken);
                    return;
                }
            }
            while (!received.EndOfMessage);

            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            _newest.Writer.TryWrite(buffer.AsSpan(0, filled).ToArray());
        }
    }

    /// <summary>The next piece; null where none came for too long.</summary>
    private async Task<ValueWebSocketReceiveResult?> NextAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var receiving = socket.ReceiveAsync(buffer, cancellationToken).AsTask();
        try
        {
            return await receiving.WaitAsync(limits.LiveIdleTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task AnswerAsync(CancellationTokenSource ended)
    {
        try
        {
            await foreach (var message in _newest.Reader.ReadAllAsync(ended.Token))
            {
                var answer = JsonSerializer.SerializeToUtf8Bytes(await AnswerAsync(message, ended.Token), json);
                await socket.SendAsync(answer, WebSocketMessageType.Text, true, ended.Token).WaitAsync(SendLimit, time, ended.Token);
            }
        }
        catch (TimeoutException)
        {
            await ended.CancelAsync();
        }
    }

    private async Task<LiveAnswer> AnswerAsync(byte[] message, CancellationToken cancellationToken)
    {
        long? id = null;
        try
        {
            var request = JsonSerializer.Deserialize<LiveRequest>(message, json)
                ?? throw VisionException.Invalid("A message is an object with 'id' and 'request'.");
            id = request.Id;
            VisionException.ThrowIfAny(request.Request?.Violations() ?? ["A message needs a 'request'."]);
            var response = await segment(request.Request!, cancellationToken);
            return new LiveAnswer { Id = id, Response = response, Timings = response.Timings };
        }
        catch (JsonException error)
        {
            return new LiveAnswer { Id = id, Error = VisionProblem.Of(VisionException.Invalid(error.Message)) };
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return new LiveAnswer { Id = id, Error = VisionProblem.Of(VisionExceptionHandler.Translate(error)) };
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason, CancellationToken cancellationToken)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(status, reason, cancellationToken);
        }
    }
}
