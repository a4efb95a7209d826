using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.TestKit.Telemetry;

/// <summary>Takes what one process exports over OTLP as protobuf, and keeps the bytes of its spans.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _exports = new();
    private readonly ConcurrentDictionary<string, bool> _signals = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private OtlpCollector(int port, bool keep)
    {
        Url = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateSlimBuilder([$"--urls={Url}"]);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _signals.TryAdd(signal, true);
            if (keep && signal == "traces")
            {
                _exports.Enqueue(body.ToArray());
            }

            return Results.Bytes([], "application/x-protobuf");
        });
    }

    /// <summary>Where a process sends to.</summary>
    public string Url { get; }

    /// <summary>What makes a process send here, and soon.</summary>
    public IReadOnlyList<string> Settings =>
    [
        $"OTEL_EXPORTER_OTLP_ENDPOINT={Url}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_BSP_SCHEDULE_DELAY=200",
    ];

    /// <summary>What has come: traces, metrics, logs.</summary>
    public IReadOnlyCollection<string> Signals => [.. _signals.Keys];

    /// <summary>Starts one on a free port.</summary>
    /// <param name="keep">Whether to keep the bytes of spans.</param>
    public static async Task<OtlpCollector> StartAsync(bool keep = true)
    {
        var collector = new OtlpCollector(FreePort.Next(), keep);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>
    /// Whether a span of this name was exported that belongs to the trace: OTLP writes a span's trace id (16 bytes) at its
    /// beginning and its name soon after, before the next span's id.
    /// </summary>
    public bool Has(byte[] traceId, string name) => _exports.Any(export =>
    {
        var text = Encoding.UTF8.GetBytes(name);
        ReadOnlySpan<byte> rest = export;
        while (rest.IndexOf(traceId) is var at and >= 0)
        {
            rest = rest[(at + traceId.Length)..];
            var head = rest[..Math.Min(rest.Length, SpanHead + name.Length)];
            if (head.IndexOf(text) >= 0)
            {
                return true;
            }
        }

        return false;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Bytes from a trace id to the end of the name: span id, parent's id, flags and their tags.</summary>
    private const int SpanHead = 48;
}
