using YamlDotNet.RepresentationModel;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The real helm, and the chart.</summary>
internal static class Helm
{
    public const string Missing = "needs helm, node and Kubernetes' schemas (tools/install-chart-tools.sh)";

    public static readonly string[] Examples = ["trial", "production-gpu", "multi-tenant"];

    private static readonly string Program = RepositoryRoot.Of("artifacts", "tools", "helm", "helm");

    private static readonly string Client = RepositoryRoot.Of("artifacts", "tools", "kubectl", "kubectl");

    public static string Chart { get; } = RepositoryRoot.Of("helm", "visioncluster");

    public static bool IsInstalled { get; } = File.Exists(Program) && Command.Exists("node");

    public static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => Command.RunAsync(Program, null, arguments);

    /// <summary>The real kubectl, for what it does without a cluster.</summary>
    public static Task<(int Code, string Output, string Errors)> ClientAsync(params string[] arguments) => Command.RunAsync(Client, null, arguments);

    /// <summary>The manifests of an example.</summary>
    public static async Task<string> TemplateAsync(string example, params string[] more)
    {
        var (code, output, errors) = await RunAsync(
            ["template", "vision", Chart, "--namespace", "ns", "--values", Path.Combine(Chart, "examples", $"{example}.yaml"), .. more]);
        Assert.True(code == 0, errors);
        return output;
    }

    /// <summary>The same, read.</summary>
    public static async Task<IReadOnlyList<YamlMappingNode>> ManifestsAsync(string example, params string[] more)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(await TemplateAsync(example, more)));
        return [.. stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()];
    }

    /// <summary>A node by its path; null where there is none.</summary>
    public static YamlNode? At(YamlNode node, params string[] path)
    {
        var found = node;
        foreach (var part in path)
        {
            if (found is not YamlMappingNode mapping || !mapping.Children.TryGetValue(new YamlScalarNode(part), out found))
            {
                return null;
            }
        }

        return found;
    }

    public static string Text(YamlNode node, params string[] path) => ((YamlScalarNode)At(node, path)!).Value!;

    public static IEnumerable<YamlNode> List(YamlNode node, params string[] path) => (At(node, path) as YamlSequenceNode)?.Children ?? [];

    public static IEnumerable<YamlMappingNode> OfKind(this IEnumerable<YamlMappingNode> manifests, string kind) =>
        manifests.Where(manifest => Text(manifest, "kind") == kind);
}
