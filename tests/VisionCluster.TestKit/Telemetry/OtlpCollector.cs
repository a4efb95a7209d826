using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.TestKit.Telemetry;

/// <summary>Takes what one process exports over OTLP as protobuf, and keeps the bytes.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _exports = new();
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
            if (keep)
            {
                _exports.Enqueue((signal, body.ToArray()));
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
        "OTEL_BLRP_SCHEDULE_DELAY=200",
    ];

    /// <summary>What has come: traces, metrics, logs.</summary>
    public IReadOnlyCollection<string> Signals => [.. _signals.Keys];

    /// <summary>Starts one on a free port.</summary>
    /// <param name="keep">Whether to keep what comes.</param>
    public static async Task<OtlpCollector> StartAsync(bool keep = true)
    {
        var collector = new OtlpCollector(FreePort.Next(), keep);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Spans that have come.</summary>
    public IReadOnlyList<OtlpRecord> Spans => [.. Of("traces").SelectMany(OtlpReader.Spans)];

    /// <summary>Log records that have come.</summary>
    public IReadOnlyList<OtlpRecord> Logs => [.. Of("logs").SelectMany(OtlpReader.Logs)];

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<byte[]> Of(string signal) => _exports.Where(export => export.Signal == signal).Select(static export => export.Body);
}
