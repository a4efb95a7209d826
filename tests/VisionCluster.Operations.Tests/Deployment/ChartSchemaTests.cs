using System.Text.Json;
using System.Text.Json.Nodes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The chart's schema of values, level by level.</summary>
public sealed class ChartSchemaTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonObject Schema =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Helm.Chart, "values.schema.json")))!.AsObject();

    /// <summary>Maps whose keys are not the chart's to know.</summary>
    private static readonly string[] Open = ["global", "nodeSelector", "tolerations", "annotations", "checksums", "requests", "limits", "parentRefs"];

    [Fact]
    public void Levels_All_RefuseNamesThatTheyDoNotKnow()
    {
        var closed = 0;
        foreach (var (path, level) in Levels("", Schema))
        {
            if (Open.Any(name => path.EndsWith(name, StringComparison.Ordinal) || path.EndsWith($"{name}[]", StringComparison.Ordinal)))
            {
                continue;
            }

            Assert.True(level["additionalProperties"]?.GetValueKind() is JsonValueKind.False, $"{path} lets any name pass.");
            closed++;
        }

        Assert.True(closed >= 20, $"{closed} levels were seen.");
    }

    [Fact]
    public void Options_AllOfTheProgram_AreInTheSchemaAndNoOthers()
    {
        var made = OptionSchema.Make();
        if (Environment.GetEnvironmentVariable("VISIONCLUSTER_WRITE_SCHEMA") == "1")
        {
            Schema["$defs"]!["options"] = made.DeepClone();
            File.WriteAllText(Path.Combine(Helm.Chart, "values.schema.json"), Schema.ToJsonString(Indented) + "\n");
        }

        Assert.True(JsonNode.DeepEquals(made, Schema["$defs"]!["options"]), "VISIONCLUSTER_WRITE_SCHEMA=1 writes the program's options into the schema.");
    }

    [Fact]
    public void Values_All_AreKnownToTheSchema()
    {
        var stream = new YamlDotNet.RepresentationModel.YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(Helm.Chart, "values.yaml"))));
        var values = (YamlDotNet.RepresentationModel.YamlMappingNode)stream.Documents[0].RootNode;
        Assert.Equal(
            values.Children.Keys.Select(key => key.ToString()).Order(StringComparer.Ordinal),
            Schema["properties"]!.AsObject().Select(property => property.Key).Where(name => name != "global").Order(StringComparer.Ordinal));
    }

    [ChartTheory]
    [InlineData("gateway.autoscaling.minReplica=2")]
    [InlineData("redis.resources.request.cpu=1")]
    [InlineData("workers[0].gpu=1")]
    [InlineData("models.downloads={}")]
    [InlineData("drain.notice=3")]
    [InlineData("networkPolicy.enable=true")]
    [InlineData("monitoring.podmonitor=true")]
    [InlineData("serviceAccount.annotation.a=b")]
    public async Task Template_TypoBeneath_IsRefused(string value)
    {
        var (code, _, errors) = await Helm.RunAsync(
            "template", "vision", Helm.Chart, "--values", Path.Combine(Helm.Chart, "examples", "trial.yaml"), "--set", value);
        Assert.NotEqual(0, code);
        Assert.Contains("additional properties", errors, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, JsonObject Level)> Levels(string path, JsonNode? node)
    {
        if (node is not JsonObject level)
        {
            yield break;
        }

        if (level["type"]?.ToString() == "object")
        {
            yield return (path, level);
        }

        foreach (var below in (level["properties"] as JsonObject ?? []).SelectMany(property => Levels($"{path}.{property.Key}", property.Value))
            .Concat(Levels($"{path}[]", level["items"])))
        {
            yield return below;
        }
    }
}
