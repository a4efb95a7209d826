using System.Diagnostics;
using System.Text;
using VisionCluster.Cluster.Tests.Driving;
using VisionCluster.Cluster.Tests.Faults;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Telemetry;

namespace VisionCluster.Cluster.Tests.Tracing;

/// <summary>A gateway and a worker, processes of their own that export their spans each to a collector of its own.</summary>
public sealed class TraceTests
{
    [RedisFact]
    public async Task Click_ThroughAGatewayToAWorker_IsOneTraceInBothProcesses()
    {
        await using var atGateway = await OtlpCollector.StartAsync();
        await using var atWorker = await OtlpCollector.StartAsync();
        using var redis = await RedisServer.StartAsync();
        using var worker = ServerProcess.Start(TestCluster.Settings(redis, ["Vision:Roles:Gateway=false", .. atWorker.Settings]));
        await worker.WaitUntilReadyAsync();
        using var gateway = ServerProcess.Start(TestCluster.Settings(redis, ["Vision:Roles:Worker=false", .. atGateway.Settings]));
        await gateway.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = gateway.Url };
        using var driver = new ImageDriver(gateway.Url);
        await Eventually.TrueAsync(async () => (await driver.DevicesAsync()).Length == 1, FaultScale.Patience, "the gateway knows the worker");
        var image = Sample.Load("noto-1").Bytes;
        Assert.True((int)await driver.UploadAsync(image) < 300);
        var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(image))[..32];
        var (trace, caller) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/images/{id}/segment")
        {
            Content = new StringContent("""{"prompts":[{"points":[{"x":50,"y":60}]}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{caller}-01");
        using var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode);

        string[] worked = [VisionTelemetry.BatchSpan, VisionTelemetry.DeviceSpan, "postprocess"];
        OtlpRecord[] gatewaySpans = [], workerSpans = [];
        await Record.ExceptionAsync(() => Eventually.TrueAsync(
            () =>
            {
                gatewaySpans = [.. atGateway.Spans.Where(span => span.TraceId == trace)];
                workerSpans = [.. atWorker.Spans.Where(span => span.TraceId == trace)];
                return Task.FromResult(
                    gatewaySpans.Any(span => span.ParentSpanId == caller) && worked.All(name => workerSpans.Any(span => span.Text == name))
                    && Orphans().Length == 0);
            },
            FaultScale.Patience,
            "both processes exported spans of the caller's trace"));
        Assert.Equal("POST /v1/images/{id}/segment", Assert.Single(gatewaySpans.Concat(workerSpans), span => span.ParentSpanId == caller).Text);
        Assert.All(worked, name => Assert.Contains(workerSpans, span => span.Text == name));
        Assert.Empty(Orphans().Select(static span => span.Text));
        Assert.DoesNotContain(gatewaySpans, span => worked.Contains(span.Text));

        // The worker's part hangs on the gateway's.
        Assert.Contains(workerSpans, span => gatewaySpans.Any(parent => parent.SpanId == span.ParentSpanId));

        OtlpRecord[] Orphans()
        {
            OtlpRecord[] all = [.. gatewaySpans, .. workerSpans];
            var ids = all.Select(static span => span.SpanId).Append(caller).ToHashSet(StringComparer.Ordinal);
            return [.. all.Where(span => !ids.Contains(span.ParentSpanId))];
        }
    }
}
