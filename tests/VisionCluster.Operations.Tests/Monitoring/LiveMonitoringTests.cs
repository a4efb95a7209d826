using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Inference.Devices;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Monitoring;

/// <summary>A server that is driven and broken, seen by a real prometheus.</summary>
public sealed partial class LiveMonitoringTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [PrometheusFact]
    public async Task PanelsAndAlerts_OverEveryRequestAndFault_ShowDataFireAndResolve()
    {
        await using var monitored = await MonitoredServer.StartAsync();
        await using (var other = await OtherTargetAsync(monitored))
        {
            await PanelsShowDataAsync(monitored);
            NamesAgree(monitored);
        }

        // The other target is away from here on.
        await AlertsFireAsync(monitored);
        await using var back = await OtherTargetAsync(monitored);
        await AlertsResolveAsync(monitored);
    }

    private static async Task PanelsShowDataAsync(MonitoredServer monitored)
    {
        var round = 0;
        string[] empty = [];
        // Redis is away for a moment, so that its failures show.
        await Driving.EverythingUnlessAwayAsync(monitored.Server.Http, round++);
        await FloodAsync(monitored.Server.Http, await Driving.UploadOnceTakenAsync(monitored.Server.Http, "noto-1", Limit), 16, new CancellationToken(canceled: true));
        monitored.Redis.Kill();
        await Driving.PostAsync(monitored.Server.Http, "/v1/images", "no picture");
        await Driving.EverythingUnlessAwayAsync(monitored.Server.Http);
        await monitored.Redis.RestartAsync();
        await monitored.Redis.RunAsync("CONFIG SET maxmemory 256mb");
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    await Driving.EverythingUnlessAwayAsync(monitored.Server.Http, round++);
                    empty = await WithoutDataAsync(monitored);
                    return empty.Length == 0;
                },
                Limit,
                "panels show data");
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Join('\n', empty));
        }
    }

    private static async Task<string[]> WithoutDataAsync(MonitoredServer monitored)
    {
        var empty = new List<string>();
        foreach (var panel in Panel.All)
        {
            foreach (var query in panel.Queries)
            {
                if ((await monitored.Prometheus.QueryAsync(Panel.Resolve(query, "30s"))).Length == 0)
                {
                    empty.Add($"{panel.Dashboard}/{panel.Title}: {query}");
                }
            }
        }

        return [.. empty];
    }

    /// <summary>Panels and alerts name what instruments declare, and every instrument is on a panel.</summary>
    private static void NamesAgree(MonitoredServer monitored)
    {
        var constants = typeof(VisionTelemetry.Metrics).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!).ToHashSet();
        Assert.Equal(
            constants.Order(StringComparer.Ordinal),
            monitored.Instruments.Values.Where(instrument => instrument.Meter.Name == VisionTelemetry.Name)
                .Select(instrument => instrument.Name).Order(StringComparer.Ordinal));
        var declared = monitored.Declared();
        var onPanels = Panel.All.SelectMany(panel => panel.Queries).SelectMany(NamesIn).ToHashSet();
        Assert.Equal(declared.Order(StringComparer.Ordinal), onPanels.Order(StringComparer.Ordinal));
        Assert.Subset(declared, AlertRule.All.SelectMany(rule => NamesIn(rule.Expression)).ToHashSet());
    }

    private static async Task AlertsFireAsync(MonitoredServer monitored)
    {
        var http = monitored.Server.Http;
        var id = await Driving.UploadOnceTakenAsync(http, "held-twemoji-1", Limit);
        await Driving.FillAsync(http, MonitoredServer.Quota);
        await monitored.Redis.RunAsync("CONFIG SET maxmemory 2mb");
        using var stop = new CancellationTokenSource();
        var flood = FloodAsync(http, id, 16, stop.Token);
        HashSet<string> later = ["VisionRedisAway", "VisionDeviceLost", "VisionDeviceQuarantined"];
        var fired = new HashSet<string>();
        await UntilFiredAsync(monitored, fired, AlertRule.All.Select(rule => rule.Name).Except(later), async () =>
        {
            await Driving.FailAsync(http, id);
            if (fired.Contains("VisionQueueLong"))
            {
                await stop.CancelAsync();
            }
        });
        await flood;
        monitored.Server.Services.GetRequiredService<DeviceHosts>().All.Single().Quarantine(new InvalidOperationException("pulled out"));
        monitored.Redis.Kill();
        await UntilFiredAsync(monitored, fired, later, static () => Task.CompletedTask);
        Assert.Equal(AlertRule.All.Select(rule => rule.Name).ToHashSet(), fired);
    }

    private static async Task UntilFiredAsync(MonitoredServer monitored, HashSet<string> fired, IEnumerable<string> wanted, Func<Task> drive)
    {
        string[] names = [.. wanted];
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    await drive();
                    fired.UnionWith(await monitored.Prometheus.FiringAsync());
                    return fired.IsSupersetOf(names);
                },
                Limit,
                "alerts fire");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"These did not fire: {string.Join(' ', names.Except(fired))}");
        }
    }

    private static async Task AlertsResolveAsync(MonitoredServer monitored)
    {
        var http = monitored.Server.Http;
        await monitored.Redis.RestartAsync();
        await monitored.Redis.RunAsync("CONFIG SET maxmemory 256mb");
        monitored.IssueCertificate(TimeSpan.FromDays(90));
        await Eventually.TrueAsync(
            async () =>
            {
                await Driving.EmptyAsync(http);
                return (await monitored.Prometheus.FiringAsync()).Count == 0;
            },
            Limit,
            "every alert resolves");
    }

    /// <summary>More prompts than a tenant may have waiting, and than the decoder can do in seconds.</summary>
    private static Task FloodAsync(HttpClient http, string id, int callers, CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
    {
        do
        {
            await Driving.ClickManyAsync(http, id);
        }
        while (!cancellationToken.IsCancellationRequested);
    }));

    private static async Task<WebApplication> OtherTargetAsync(MonitoredServer monitored)
    {
        var builder = WebApplication.CreateSlimBuilder([$"--urls=http://127.0.0.1:{monitored.OtherTarget}"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/metrics", () => Results.Text("# nothing\n"));
        await app.StartAsync();
        return app;
    }

    private static IEnumerable<string> NamesIn(string query) => VisionName().Matches(query)
        .Select(match => HistogramPart().Replace(match.Value, "")).Where(name => !Labels.Contains(name));

    private static readonly HashSet<string> Labels =
        [.. typeof(VisionTelemetry).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .Select(field => ((string)field.GetRawConstantValue()!).Replace('.', '_')).Except(["vision_batch_size"])];

    [GeneratedRegex(@"\bvision_[a-z_]+")]
    private static partial Regex VisionName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
