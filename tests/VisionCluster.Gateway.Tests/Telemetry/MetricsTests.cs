using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>What <c>/metrics</c> says.</summary>
[Collection(nameof(TelemetryAlone))]
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_Tenants_GetNoMoreSeriesThanTheyMay()
    {
        await using var server = await VisionTestServer.StartAsync(
            null,
            [
                "Vision:Telemetry:MaxTenants=2", "Vision:Models:Load:0=starter-clip",
                .. Enumerable.Range(0, 5).SelectMany(i => new[]
                {
                    $"Vision:Authentication:Keys:{i}:Tenant=tenant-{i}",
                    $"Vision:Authentication:Keys:{i}:Sha256={TestKeys.DigestOf($"key-{i}")}",
                }),
            ]);
        for (var i = 0; i < 5; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.Add("X-Api-Key", $"key-{i}");
            (await server.Http.SendAsync(request)).EnsureSuccessStatusCode();
        }

        var lines = (await server.Http.GetStringAsync("/metrics")).Split('\n').Where(line => line.StartsWith("vision_tenant_requests_total{", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, line => line.Contains("\"(others)\"", StringComparison.Ordinal) && line.EndsWith(" 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_AskedForAsTritons_CountTheSameRuns()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Telemetry:TritonMetrics=true", "Vision:Models:Load:0=starter-clip");
        var id = await server.Http.UploadSampleAsync();
        await server.Http.PostTextAsync($"/v1/images/{id}/classify", """{"labels":["dog","pizza"]}""").ExpectAsync(System.Net.HttpStatusCode.OK);
        var lines = (await server.Http.GetStringAsync("/metrics")).Split('\n');
        Assert.Equal(1, Value("nv_inference_count", "model=\"starter-clip/imageEncoder\""));
        Assert.Equal(1, Value("nv_inference_exec_count", "model=\"starter-clip/imageEncoder\""));
        Assert.Equal(2, Value("nv_inference_request_success", "model=\"starter-clip/textEncoder\""));
        Assert.Equal(0, Value("nv_inference_pending_request_count", "model=\"starter-clip/imageEncoder\""));
        Assert.True(Value("nv_inference_compute_infer_duration_us", "model=\"starter-clip/imageEncoder\"") > 0);
        Assert.True(Value("nv_gpu_memory_total_bytes", "gpu_uuid=\"cpu0\"") > 0);

        double Value(string name, string label) => double.Parse(
            lines.Single(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal)).Split(' ')[1],
            System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Metrics_InOpenMetrics_CarryExemplarsThatNameATrace()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Models:Load:0=starter-clip");
        var id = await server.Http.UploadSampleAsync();
        await server.Http.PostTextAsync($"/v1/images/{id}/classify", """{"labels":["dog","pizza"]}""").ExpectAsync(System.Net.HttpStatusCode.OK);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text; version=1.0.0"));
        using var answer = await server.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Matches("vision_stage_duration_seconds_bucket\\{[^}]*\\} \\d+ # \\{[^}]*trace_id=\"[0-9a-f]{32}\"", text);
    }

    [Fact]
    public async Task Metrics_Durations_AreInSecondsWithBucketsMadeForSeconds()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Models:Load:0=starter-clip");
        var id = await server.Http.UploadSampleAsync();
        await server.Http.PostTextAsync($"/v1/images/{id}/classify", """{"labels":["dog","pizza"]}""").ExpectAsync(System.Net.HttpStatusCode.OK);
        var lines = (await server.Http.GetStringAsync("/metrics")).Split('\n');
        var kinds = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToDictionary(words => words[2], words => words[3]);

        string[] own = ["vision_queue_duration_seconds", "vision_run_duration_seconds", "vision_stage_duration_seconds"];
        Assert.Equal(own, kinds.Where(kind => kind.Value == "histogram" && kind.Key.StartsWith("vision_", StringComparison.Ordinal) && kind.Key != "vision_batch_size").Select(kind => kind.Key).Order(StringComparer.Ordinal));
        Assert.All(own, name => Assert.Equal(Buckets.Seconds, Bounds(name)));
        Assert.DoesNotContain(kinds.Keys, name => name.StartsWith("vision_", StringComparison.Ordinal) && TimeInAnotherUnit().IsMatch(name));

        // ASP.NET Core's have their own bounds, after OpenTelemetry's conventions; the SDK's are made for milliseconds.
        var foreign = kinds.Where(kind => kind.Value == "histogram" && kind.Key.EndsWith("_seconds", StringComparison.Ordinal)).Select(kind => kind.Key).Except(own).ToArray();
        Assert.Contains("http_server_request_duration_seconds", foreign);
        Assert.All(foreign, name => Assert.InRange(Bounds(name)[0], 0.0001, 0.1));

        double[] Bounds(string name)
        {
            var bounds = lines.Where(line => line.StartsWith(name + "_bucket{", StringComparison.Ordinal)).Select(line => Bound().Match(line).Groups[1].Value).Distinct().ToArray();
            Assert.Equal("+Inf", bounds[^1]);
            return [.. bounds[..^1].Select(bound => double.Parse(bound, System.Globalization.CultureInfo.InvariantCulture))];
        }
    }

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex Bound();

    [GeneratedRegex("_(milli|micro|nano)seconds|_(ms|us|ns)(_|$)|_(duration|time|remaining)(_total)?$")]
    private static partial Regex TimeInAnotherUnit();
}
