using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace VisionCluster.Operations.Tests.Monitoring;

/// <summary>A rule of dashboards/alerts.yaml.</summary>
internal sealed partial record AlertRule(string Name, string Expression, string Severity, string Runbook)
{
    public static string File { get; } = RepositoryRoot.Of("dashboards", "alerts.yaml");

    public static IReadOnlyList<AlertRule> All { get; } = [.. Read()];

    /// <summary>
    /// The rules with windows and delays of seconds in place of minutes to days, so that they fire and resolve while
    /// somebody waits; conditions stay as they are, but for the seconds of a queue that a small model can be given.
    /// </summary>
    public static string Hurried()
    {
        var windows = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["[3d]"] = "[24s]", ["[6h]"] = "[12s]", ["[1h]"] = "[12s]", ["[30m]"] = "[6s]", ["[10m]"] = "[10s]", ["[5m]"] = "[6s]",
        };
        var text = System.IO.File.ReadAllText(File);
        foreach (var (window, seconds) in windows)
        {
            text = text.Replace(window, seconds, StringComparison.Ordinal);
        }

        return Delay().Replace(text, "for: 1s").Replace("(vision_device_queue_seconds) > 5", "(vision_device_queue_seconds) > 0.5", StringComparison.Ordinal);
    }

    private static IEnumerable<AlertRule> Read()
    {
        var document = new DeserializerBuilder().Build().Deserialize<Dictionary<string, List<Dictionary<string, object>>>>(System.IO.File.ReadAllText(File));
        foreach (var rule in document["groups"].SelectMany(group => (List<object>)group["rules"]).Cast<Dictionary<object, object>>())
        {
            var annotations = (Dictionary<object, object>)rule["annotations"];
            var labels = (Dictionary<object, object>)rule["labels"];
            yield return new AlertRule(
                (string)rule["alert"], (string)rule["expr"], (string)labels["severity"], (string)annotations["runbook_url"]);
        }
    }

    [GeneratedRegex(@"for: \d+[smhd]")]
    private static partial Regex Delay();
}
