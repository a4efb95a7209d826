using VisionCluster.Contracts.Telemetry;
using VisionCluster.TestKit.Processes;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>What the chart gives to Prometheus, Grafana and autoscalers is what the repository's dashboards and the program say.</summary>
public sealed class ChartMonitoringTests
{
    [ChartFact]
    public async Task PrometheusRule_OfTheChart_IsTheAlertsFileWord()
    {
        var spec = Helm.At((await Helm.ManifestsAsync("production-gpu")).OfKind("PrometheusRule").Single(), "spec")!;
        Assert.Equal(Canonical(File.ReadAllText(Monitoring.AlertRule.File)), Canonical(spec));

        var elsewhere = Helm.At(
            (await Helm.ManifestsAsync("production-gpu", "--set", "monitoring.runbookBase=https://books.example/")).OfKind("PrometheusRule").Single(), "spec")!;
        Assert.All(
            Helm.List(elsewhere, "groups").SelectMany(group => Helm.List(group, "rules")),
            rule => Assert.StartsWith("https://books.example/", Helm.Text(rule, "annotations", "runbook_url"), StringComparison.Ordinal));
    }

    [ChartFact]
    public async Task Dashboards_OfTheChart_AreTheFilesOfTheRepository()
    {
        var maps = (await Helm.ManifestsAsync("production-gpu")).OfKind("ConfigMap")
            .Where(map => Helm.At(map, "metadata", "labels", "grafana_dashboard") is not null)
            .SelectMany(map => ((YamlMappingNode)Helm.At(map, "data")!).Children)
            .ToDictionary(file => file.Key.ToString(), file => file.Value.ToString().Trim());
        Assert.Equal(
            Directory.EnumerateFiles(RepositoryRoot.Of("dashboards"), "*.json").ToDictionary(file => $"visioncluster-{Path.GetFileName(file)}", file => File.ReadAllText(file).Trim()),
            maps);
    }

    /// <summary>The folder of dashboards is a link, which a package must not lose.</summary>
    [ChartFact]
    public async Task Package_OfTheChart_MakesWhatTheFolderMakes()
    {
        using var folder = new TemporaryFolder();
        var (code, output, errors) = await Helm.RunAsync("package", Helm.Chart, "--destination", folder.Path);
        Assert.True(code == 0, output + errors);
        var package = Directory.EnumerateFiles(folder.Path).Single();
        (code, output, errors) = await Helm.RunAsync(
            "template", "vision", package, "--namespace", "ns", "--values", Path.Combine(Helm.Chart, "examples", "production-gpu.yaml"));
        Assert.True(code == 0, errors);
        Assert.Equal(await Helm.TemplateAsync("production-gpu"), output);
    }

    [ChartFact]
    public async Task Adapter_OfTheExternalMetric_SelectsThePoolsOfTheProgramsQueues()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(await File.ReadAllTextAsync(Path.Combine(Helm.Chart, "examples", "prometheus-adapter.yaml"))));
        var rule = Helm.List(stream.Documents[0].RootNode, "rules", "external").Single();
        var manifests = await Helm.ManifestsAsync("multi-tenant", "--set-json", Pools);
        var scalers = manifests.OfKind("HorizontalPodAutoscaler").Select(scaler => Helm.List(scaler, "spec", "metrics").Single())
            .Where(metric => Helm.Text(metric, "type") == "External").Select(metric => Helm.At(metric, "external", "metric")!).ToArray();
        Assert.Equal(["cpu", "cpu-large"], scalers.Select(metric => Helm.Text(metric, "selector", "matchLabels", "pool")));
        Assert.All(scalers, metric => Assert.Equal(Helm.Text(rule, "name", "as"), Helm.Text(metric, "name")));
        Assert.StartsWith(Series + "{", Helm.Text(rule, "seriesQuery"), StringComparison.Ordinal);

        // What puts the name of the pool on the series.
        var relabeling = Helm.List(Helm.List(manifests.OfKind("PodMonitor").Single(), "spec", "podMetricsEndpoints").Single(), "relabelings").Single();
        Assert.Equal("pool", Helm.Text(relabeling, "targetLabel"));
        Assert.Equal(["__meta_kubernetes_pod_label_visioncluster_pool"], Helm.List(relabeling, "sourceLabels").Select(label => label.ToString()));
        Assert.Equal(
            ["cpu", "cpu-large"],
            manifests.OfKind("Deployment").Select(deployment => Helm.At(deployment, "spec", "template", "metadata", "labels", "visioncluster/pool")?.ToString()).OfType<string>());
    }

    /// <summary>By a real Prometheus: a pool's figure is that of its own pods, also where another's name begins with its own.</summary>
    [PrometheusFact]
    public async Task Query_OfAPool_CountsItsOwnPodsAlone()
    {
        if (!Helm.IsInstalled)
        {
            return;
        }

        var queries = (await Helm.ManifestsAsync("multi-tenant", "--set-json", Pools, "--set", "autoscaling.workers=keda")).OfKind("ScaledObject")
            .ToDictionary(pool => Helm.Text(pool, "metadata", "name"), pool => Helm.Text(Helm.List(pool, "spec", "triggers").Single(), "metadata", "query"));
        using var folder = new TemporaryFolder();
        var tests = Path.Combine(folder.Path, "tests.yaml");
        await File.WriteAllTextAsync(tests, $$"""
            tests:
              - interval: 15s
                input_series:
                  - { series: '{{Series}}{namespace="ns",pod="vision-cpu-6d4cf56db6-x2x9k",device="cpu"}', values: "3" }
                  - { series: '{{Series}}{namespace="ns",pod="vision-cpu-6d4cf56db6-b7b7b",device="cpu"}', values: "2" }
                  - { series: '{{Series}}{namespace="ns",pod="vision-cpu-large-7f9c8d5b4-qqqqq",device="cpu"}', values: "40" }
                  - { series: '{{Series}}{namespace="other",pod="vision-cpu-6d4cf56db6-x2x9k",device="cpu"}', values: "500" }
                promql_expr_test:
                  - { expr: '{{queries["vision-cpu"]}}', eval_time: 0s, exp_samples: [{ value: 5 }] }
                  - { expr: '{{queries["vision-cpu-large"]}}', eval_time: 0s, exp_samples: [{ value: 40 }] }
            """);
        var (code, output) = await PrometheusServer.ToolAsync("test", "rules", tests);
        Assert.True(code == 0, output);
    }

    private static string Series { get; } = VisionTelemetry.Metrics.DeviceQueue.Replace('.', '_') + "_seconds";

    private const string Pools =
        """workers=[{"name":"cpu","accelerator":"cpu","replicas":1,"maxReplicas":2,"gpus":0},{"name":"cpu-large","accelerator":"cpu","replicas":1,"maxReplicas":2,"gpus":0}]""";

    private static string Canonical(string yaml) => new SerializerBuilder().JsonCompatible().Build().Serialize(new DeserializerBuilder().Build().Deserialize(yaml)!);

    private static string Canonical(YamlNode node)
    {
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(node)).Save(text, assignAnchors: false);
        return Canonical(text.ToString());
    }
}
