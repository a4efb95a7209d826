using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>Where an endpoint is configured, traces and metrics go there.</summary>
public sealed class OtlpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Export_ConfiguredEndpoint_ReceivesTracesAndMetrics()
    {
        var received = new ConcurrentDictionary<string, int>();
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.MapPost("/v1/{signal}", (string signal) =>
        {
            received.AddOrUpdate(signal, 1, (_, count) => count + 1);
            return Results.Ok();
        });
        await collector.StartAsync();
        await using (var server = await VisionTestServer.StartAsync(
            null, $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Urls.First()}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
        {
            await server.Http.UploadSampleAsync();
        }

        // Leaving, the server sends what it still has.
        Assert.True(SpinWait.SpinUntil(() => received.ContainsKey("traces") && received.ContainsKey("metrics"), Limit), string.Join(' ', received.Keys));
    }
}
