using System.Text.Json;

namespace VisionCluster.Operations.Tests.Monitoring;

/// <summary>A panel of one of our dashboards.</summary>
internal sealed record Panel(string Dashboard, string Title, JsonElement Json, string[] Queries)
{
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(RepositoryRoot.Of("dashboards"), "*.json").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<Panel> All { get; } = [.. Files.SelectMany(file =>
        JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("panels").EnumerateArray().Select(panel => new Panel(
            Path.GetFileNameWithoutExtension(file),
            panel.GetProperty("title").GetString()!,
            panel,
            [.. panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!)])))];

    /// <summary>A query as Grafana sends it when all servers and tenants are shown.</summary>
    /// <param name="query">As the panel has it.</param>
    /// <param name="window">In place of the rate's interval and of long windows.</param>
    public static string Resolve(string query, string window) => query
        .Replace("$__rate_interval", window, StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal)
        .Replace("$tenant", ".*", StringComparison.Ordinal);
}
