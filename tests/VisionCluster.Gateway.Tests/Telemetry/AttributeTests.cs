using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using OpenTelemetry.Trace;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>What spans say comes from the one file of names and has few values.</summary>
[Collection(nameof(TelemetryAlone))]
public sealed class AttributeTests
{
    private static readonly HashSet<string> Names =
    [
        .. typeof(VisionTelemetry).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!),
    ];

    [Fact]
    public async Task Spans_OfEveryKindOfCall_HaveNamedAttributesWithoutIds()
    {
        var spans = new ConcurrentBag<Activity>();
        await using var server = await StartAsync(spans);
        var id = await server.Http.UploadSampleAsync();
        await server.Http.PostTextAsync($"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":150,"y":200}]}]}""").ExpectAsync(System.Net.HttpStatusCode.OK);
        await server.Http.PostTextAsync($"/v1/images/{id}/classify", """{"labels":["dog","pizza"]}""").ExpectAsync(System.Net.HttpStatusCode.OK);
        await server.Http.PostTextAsync($"/v1/images/{id}/detect", """{"labels":["dog face"]}""").ExpectAsync(System.Net.HttpStatusCode.OK);
        var own = spans.Where(span => span.Source.Name == VisionTelemetry.Name).ToArray();
        Assert.All(new[] { "segment", "classify", "detect", "batch", "device", "queue" }, name => Assert.Contains(own, span => span.OperationName == name));
        Assert.All(own.SelectMany(span => span.TagObjects), tag => Assert.Contains(tag.Key, Names));
        Assert.All(own.SelectMany(span => span.TagObjects), tag => Assert.DoesNotContain(id, $"{tag.Value}"));
        // The host's and the caller's names aside, an attribute has no more values than there are graphs, lanes and operations.
        Assert.All(
            own.SelectMany(span => span.TagObjects).Where(tag => tag.Key != VisionTelemetry.QueueWait).GroupBy(tag => tag.Key),
            values => Assert.InRange(values.Select(tag => $"{tag.Value}").Distinct().Count(), 1, 12));
    }

    [Fact]
    public async Task Sampling_RatioOfZero_RecordsNothingButWhatTheCallerRecords()
    {
        var spans = new ConcurrentBag<Activity>();
        await using var server = await StartAsync(spans, "Vision:Telemetry:SamplingRatio=0");
        await server.Http.UploadSampleAsync();
        Assert.DoesNotContain(spans, span => span.Source.Name == VisionTelemetry.Name);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        var trace = ActivityTraceId.CreateRandom();
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        (await server.Http.SendAsync(request)).EnsureSuccessStatusCode();
        Assert.True(SpinWait.SpinUntil(() => spans.Any(span => span.TraceId == trace), TimeSpan.FromSeconds(60)));
    }

    private static Task<VisionTestServer> StartAsync(ConcurrentBag<Activity> spans, params string[] settings) => VisionTestServer.StartAsync(
        builder => builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new SpanCollector(spans))), settings);
}
