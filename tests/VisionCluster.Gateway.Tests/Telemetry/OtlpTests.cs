using VisionCluster.TestKit.Servers;
using VisionCluster.TestKit.Telemetry;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>Where an endpoint is configured, traces and metrics go there.</summary>
public sealed class OtlpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Export_ConfiguredEndpoint_ReceivesTracesAndMetrics()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using (var server = await VisionTestServer.StartAsync(null, [.. collector.Settings]))
        {
            await server.Http.UploadSampleAsync();
        }

        // Leaving, the server sends what it still has.
        Assert.True(
            SpinWait.SpinUntil(() => collector.Signals.Contains("traces") && collector.Signals.Contains("metrics"), Limit), string.Join(' ', collector.Signals));
    }
}
