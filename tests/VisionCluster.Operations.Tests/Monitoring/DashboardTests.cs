using System.Text.Json;
using VisionCluster.Operations.Tests.Deployment;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Monitoring;

/// <summary>What can be told of dashboards and alerts without a server.</summary>
public sealed class DashboardTests
{
    [Fact]
    public void Dashboards_All_ImportWithTheirOwnIdentityAndVariables()
    {
        Assert.Equal(["devices", "orleans", "overview", "sessions", "tenants"], Panel.Files.Select(Path.GetFileNameWithoutExtension));
        var identities = new HashSet<string>();
        foreach (var file in Panel.Files)
        {
            var dashboard = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
            Assert.True(identities.Add(dashboard.GetProperty("uid").GetString()!));
            Assert.True(dashboard.GetProperty("schemaVersion").GetInt32() >= 36);
            Assert.False(dashboard.TryGetProperty("id", out _), "an id of another Grafana");
            Assert.False(dashboard.TryGetProperty("__inputs", out _), "an import that asks");
            Assert.NotEmpty(dashboard.GetProperty("description").GetString()!);
            var variables = dashboard.GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => v.GetProperty("name").GetString()!).ToHashSet();
            Assert.Superset(new HashSet<string> { "datasource", "traces", "instance" }, variables);
            var panels = dashboard.GetProperty("panels").EnumerateArray().ToArray();
            Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
            Assert.All(panels.SelectMany(Used), variable => Assert.Contains(variable, variables));
            Assert.All(panels, panel => Assert.InRange(panel.GetProperty("gridPos").GetProperty("x").GetInt32() + panel.GetProperty("gridPos").GetProperty("w").GetInt32(), 1, 24));
        }
    }

    [ChartFact]
    public async Task Dashboards_All_AreOfTheTypesThatGrafanaPublishes()
    {
        var (code, output) = await ValidateAsync(Panel.Files);
        Assert.True(code == 0, output);
        Assert.Contains($"{Panel.Files.Count} dashboards are valid", output, StringComparison.Ordinal);

        // The control: a field that a query does not have, and a way of showing a legend that there is not.
        using var folder = new TemporaryFolder();
        var wrong = Path.Combine(folder.Path, "wrong.json");
        await File.WriteAllTextAsync(wrong, (await File.ReadAllTextAsync(Panel.Files[0]))
            .Replace("\"legendFormat\"", "\"legend\"", StringComparison.Ordinal).Replace("\"table\"", "\"tables\"", StringComparison.Ordinal));
        (code, output) = await ValidateAsync([wrong]);
        Assert.Equal(1, code);
        Assert.Contains("'\"legend\"' does not exist in type 'Query'", output, StringComparison.Ordinal);
        Assert.Contains("\"tables\"", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> ValidateAsync(IEnumerable<string> files)
    {
        var (code, output, errors) = await Command.RunAsync(
            "node",
            new Dictionary<string, string> { ["NODE_MODULES"] = RepositoryRoot.Of("artifacts", "tools", "node_modules") },
            [RepositoryRoot.Of("tests", "VisionCluster.Operations.Tests", "Monitoring", "validate-dashboards.mjs"), .. files]);
        return (code, output + errors);
    }

    [Fact]
    public void Panels_All_AreExplainedAndLeadToTraces() => Assert.All(Panel.All, panel =>
    {
        Assert.True(panel.Json.GetProperty("description").GetString()!.Length > 15, panel.Title);
        Assert.Equal("${datasource}", panel.Json.GetProperty("datasource").GetProperty("uid").GetString());
        Assert.Contains(panel.Json.GetProperty("links").EnumerateArray(), link =>
            Uri.UnescapeDataString(link.GetProperty("url").GetString()!).Contains("${traces}", StringComparison.Ordinal));
    });

    [Fact]
    public void Alerts_All_HaveARunbookAndEveryRunbookAnAlert()
    {
        Assert.All(AlertRule.All, rule => Assert.True(File.Exists(RepositoryRoot.Of(rule.Runbook)), rule.Runbook));
        Assert.All(AlertRule.All, rule => Assert.Contains(rule.Severity, new[] { "page", "ticket" }));
        Assert.Equal(
            AlertRule.All.Select(rule => rule.Name).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(RepositoryRoot.Of("docs", "runbooks")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
    }

    [PrometheusFact]
    public async Task Alerts_InPromtool_FireAndResolveAtTheirTrueTimes()
    {
        var (code, output) = await PrometheusServer.ToolAsync("check", "rules", AlertRule.File);
        Assert.True(code == 0, output);
        (code, output) = await PrometheusServer.ToolAsync("test", "rules", RepositoryRoot.Of("dashboards", "alerts.test.yaml"));
        Assert.True(code == 0, output);
        var tested = await File.ReadAllTextAsync(RepositoryRoot.Of("dashboards", "alerts.test.yaml"));
        Assert.All(AlertRule.All, rule => Assert.Contains($"alertname: {rule.Name}\n        exp_alerts:\n", tested, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Used(JsonElement panel) => System.Text.RegularExpressions.Regex
        .Matches(Uri.UnescapeDataString(panel.GetRawText()), @"\$\{?(?!__)([a-z]+)").Select(match => match.Groups[1].Value);
}
