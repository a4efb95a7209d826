using System.Globalization;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;
using YamlDotNet.RepresentationModel;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The chart's manifests through the real kubectl, as far as it goes without a cluster, and helm test's command against a server.</summary>
public sealed class ClientTests
{
    public static TheoryData<string> Examples => new(Helm.Examples);

    [ChartTheory]
    [MemberData(nameof(Examples))]
    public async Task Manifests_OfAnExample_AreReadByKubectl(string example)
    {
        using var folder = new TemporaryFolder();
        var manifests = await Helm.ManifestsAsync(example);
        var file = Path.Combine(folder.Path, "manifests.yaml");
        await File.WriteAllTextAsync(file, await Helm.TemplateAsync(example));
        var (code, output, errors) = await Helm.ClientAsync("label", "--local", "--filename", file, "a=b", "--output", "name");
        Assert.True(code == 0, errors);
        Assert.Equal(
            manifests.Select(manifest => Helm.Text(manifest, "metadata", "name")).Order(StringComparer.Ordinal),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('/')[1]).Order(StringComparer.Ordinal));

        // With its own types: fields of another type than Kubernetes' are errors.
        var pods = Path.Combine(folder.Path, "pods.yaml");
        var workloads = manifests.Where(manifest => Helm.Text(manifest, "kind") is "Deployment" or "StatefulSet" or "Pod").ToArray();
        Save(pods, workloads);
        (code, output, errors) = await Helm.ClientAsync("set", "image", "--local", "--filename", pods, "*=registry.example/other:1", "--output", "yaml");
        Assert.True(code == 0, errors);
        Assert.DoesNotContain("visioncluster:", output, StringComparison.Ordinal);
        Assert.Equal(workloads.Length, output.Split('\n').Count(line => line == "---") + 1);

        // The control: a number of replicas that is none.
        await File.WriteAllTextAsync(pods, (await File.ReadAllTextAsync(pods)).Replace("terminationGracePeriodSeconds: ", "terminationGracePeriodSeconds: soon", StringComparison.Ordinal));
        (code, _, _) = await Helm.ClientAsync("set", "image", "--local", "--filename", pods, "*=registry.example/other:1", "--output", "yaml");
        Assert.NotEqual(0, code);
    }

    [ChartTheory]
    [MemberData(nameof(Examples))]
    public async Task Manifests_OfAnExample_AreABaseForKustomize(string example)
    {
        using var folder = new TemporaryFolder();
        var manifests = await Helm.ManifestsAsync(example);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "manifests.yaml"), await Helm.TemplateAsync(example));
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "kustomization.yaml"), "namespace: elsewhere\nnamePrefix: my-\nresources: [manifests.yaml]\n");
        // Two manifests of one identity are an error of its own.
        var (code, output, errors) = await Helm.ClientAsync("kustomize", folder.Path);
        Assert.True(code == 0, errors);
        var built = new YamlStream();
        built.Load(new StringReader(output));
        var made = built.Documents.Select(document => (YamlMappingNode)document.RootNode).ToArray();
        Assert.Equal(manifests.Count, made.Length);
        Assert.All(made, manifest => Assert.StartsWith("my-", Helm.Text(manifest, "metadata", "name"), StringComparison.Ordinal));

        // What one manifest says of another follows: nothing names what is not there.
        var names = made.ToLookup(manifest => Helm.Text(manifest, "kind"), manifest => Helm.Text(manifest, "metadata", "name"));
        foreach (var spec in made.OfKind("Deployment").Select(deployment => Helm.At(deployment, "spec", "template", "spec")!))
        {
            Assert.Contains(Helm.Text(spec, "serviceAccountName"), names["ServiceAccount"]);
            Assert.All(
                Helm.List(spec, "volumes").Where(volume => Helm.At(volume, "configMap") is not null),
                volume => Assert.Contains(Helm.Text(volume, "configMap", "name"), names["ConfigMap"]));
        }

        Assert.All(made.OfKind("RoleBinding"), binding => Assert.Contains(Helm.Text(binding, "roleRef", "name"), names["Role"]));
    }

    [ChartFact]
    public async Task HelmTest_OfTheChart_IsContentWithTheProgramAndNotWithNobody()
    {
        var pod = (await Helm.ManifestsAsync("trial")).OfKind("Pod").Single();
        var container = Helm.List(pod, "spec", "containers").Single();
        Assert.Equal(["sh", "-euc"], Helm.List(container, "command").Select(part => part.ToString()));
        var script = Helm.List(container, "args").Single().ToString();
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Models:Load:0=starter-clip");
        var service = $"http://{Helm.Text(pod, "metadata", "name").Replace("-test", "", StringComparison.Ordinal)}:";
        Assert.Contains(service, script, StringComparison.Ordinal);
        var (code, output, errors) = await RunAsync(server.Http.BaseAddress!);
        Assert.True(code == 0, output + errors);
        Assert.NotEqual(0, (await RunAsync(new Uri($"http://127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}/"))).Code);

        Task<(int Code, string Output, string Errors)> RunAsync(Uri url) => Command.RunAsync(
            "sh", null, "-euc", System.Text.RegularExpressions.Regex.Replace(script, @"base=\S+", $"base={url.OriginalString.TrimEnd('/')}").Replace("--retry 10", "--retry 1", StringComparison.Ordinal));
    }

    private static void Save(string file, IEnumerable<YamlMappingNode> manifests)
    {
        using var writer = new StreamWriter(file);
        new YamlStream(manifests.Select(manifest => new YamlDocument(manifest))).Save(writer, assignAnchors: false);
    }
}
