using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Server.Draining;
using VisionCluster.TestKit.Servers;
using YamlDotNet.RepresentationModel;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The chart through the real helm: what it makes, and that the program knows all of it.</summary>
public sealed class ChartTests
{
    public static TheoryData<string> Examples => new(Helm.Examples);

    [ChartFact]
    public async Task Lint_Strict_FindsNothing()
    {
        foreach (var example in Helm.Examples)
        {
            var (code, output, errors) = await Helm.RunAsync(
                "lint", "--strict", Helm.Chart, "--values", Path.Combine(Helm.Chart, "examples", $"{example}.yaml"));
            Assert.True(code == 0, output + errors);
        }
    }

    [ChartTheory]
    [MemberData(nameof(Examples))]
    public async Task Manifests_OfAnExample_AreKubernetesOwn(string example) => await ValidateAsync(await Helm.TemplateAsync(example));

    [ChartTheory]
    [InlineData("trial")]
    [InlineData("production-gpu")]
    public async Task Manifests_WithNamesThatYamlReadsOtherwise_AreKubernetesOwn(string example)
    {
        var (code, output, errors) = await Helm.RunAsync(
            "template", "true", Helm.Chart, "--values", Path.Combine(Helm.Chart, "examples", $"{example}.yaml"),
            "--set-string", "clusterId=2,serviceId=true,workers[0].name=null", "--set", "autoscaling.workers=hpa");
        Assert.True(code == 0, errors);
        await ValidateAsync(output);
    }

    [ChartTheory]
    [InlineData("1st", null)]
    [InlineData("0.2", null)]
    [InlineData("vision.2", "\"vision-2\"")]
    [InlineData("vision-of-a-team-whose-name-is-longer-than.that", "\"vision-of-a-team-whose-name-is-longer-th\"")]
    public async Task Template_AnyName_MakesAServiceThatKubernetesTakesOrIsRefused(string release, string? service)
    {
        var (code, output, errors) = await Helm.RunAsync("template", release, Helm.Chart, "--set", "redis.bundled=true");
        Assert.Equal(service is null, code != 0);
        Assert.Contains(service is null ? "must begin with a letter" : $"kind: Service\nmetadata:\n  name: {service}\n", service is null ? errors : output, StringComparison.Ordinal);
    }

    [ChartFact]
    public async Task Redis_OfAnotherVersionOfTheChart_IsNotRestarted()
    {
        using var folder = new TestKit.Processes.TemporaryFolder();
        string[] pods = [await PodAsync(Helm.Chart), await PodAsync(await AnotherAsync())];
        Assert.Equal(pods[0], pods[1]);

        async Task<string> PodAsync(string chart)
        {
            var (code, output, errors) = await Helm.RunAsync("template", "vision", chart, "--set", "redis.bundled=true", "--show-only", "templates/redis.yaml");
            Assert.True(code == 0, errors);
            return output[output.IndexOf("  template:\n", StringComparison.Ordinal)..];
        }

        async Task<string> AnotherAsync()
        {
            var (code, output, errors) = await Helm.RunAsync(
                "package", Helm.Chart, "--destination", folder.Path, "--version", "7.7.7+later", "--app-version", "7.7.7+later");
            Assert.True(code == 0, output + errors);
            return Directory.GetFiles(folder.Path).Single();
        }
    }

    [ChartFact]
    public async Task Role_OfTheServers_OnlyReadsPods()
    {
        var rule = Helm.List((await Helm.ManifestsAsync("trial")).OfKind("Role").Single(), "rules").Single();
        Assert.Equal(["pods"], Helm.List(rule, "resources").Select(resource => resource.ToString()));
        Assert.Equal(["get", "list", "watch"], Helm.List(rule, "verbs").Select(verb => verb.ToString()));
    }

    private static async Task ValidateAsync(string manifests)
    {
        using var folder = new TestKit.Processes.TemporaryFolder();
        var file = Path.Combine(folder.Path, "manifests.yaml");
        await File.WriteAllTextAsync(file, manifests);
        var (code, output, errors) = await Command.RunAsync(
            "node",
            new Dictionary<string, string> { ["NODE_MODULES"] = RepositoryRoot.Of("artifacts", "tools", "node_modules") },
            RepositoryRoot.Of("tests", "VisionCluster.Operations.Tests", "Deployment", "validate-manifests.mjs"),
            file);
        Assert.True(code == 0, output + errors);
        Assert.Contains("manifests are valid", output, StringComparison.Ordinal);
    }

    [ChartTheory]
    [MemberData(nameof(Examples))]
    public async Task Options_OfAnExample_AreTheProgramsOwn(string example)
    {
        var manifests = await Helm.ManifestsAsync(example);
        var options = manifests.OfKind("ConfigMap").Where(map => Helm.At(map, "data", "appsettings.json") is not null).ToArray();
        Assert.True(options.Length >= 2);
        foreach (var map in options)
        {
            using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Helm.Text(map, "data", "appsettings.json")));
            ProgramOptions.Check(new ConfigurationBuilder().AddJsonStream(json).Build());
        }

        foreach (var variable in manifests.OfKind("Deployment").SelectMany(Containers).SelectMany(container => Helm.List(container, "env"))
            .Select(variable => Helm.Text(variable, "name")).Where(name => name.StartsWith("Vision__", StringComparison.Ordinal)).Distinct())
        {
            Assert.True(Documents.OptionTable.Knows(variable.Replace("__", ":", StringComparison.Ordinal)), variable);
        }
    }

    [ChartTheory]
    [InlineData("gatway.replicas=2", "gatway")]
    [InlineData("config.Sesions.TimeToLive=1", "Sesions")]
    [InlineData("config.Sessions.TimeToLiv=1", "TimeToLiv")]
    [InlineData("config.ImageStore.Provider=Redi", "Provider")]
    [InlineData("config.Limits.Tenants.acme.Burts=5", "Burts")]
    [InlineData("config.Redis.ConnectionString=redis:6379", "ConnectionString")]
    [InlineData("autoscaling.workers=always", "autoscaling")]
    [InlineData("redis.bundled=false", "redis.existingSecret")]
    [InlineData("service.port=x", "port")]
    public async Task Template_WrongValue_IsRefusedByName(string value, string named)
    {
        var (code, _, errors) = await Helm.RunAsync("template", "vision", Helm.Chart, "--set", "redis.bundled=true", "--set", value);
        Assert.NotEqual(0, code);
        Assert.Contains(named, errors, StringComparison.Ordinal);
    }

    [ChartTheory]
    [MemberData(nameof(Examples))]
    public async Task Servers_OfAnExample_HaveTheProgramsPortsAndEnoughTimeToLeave(string example)
    {
        var manifests = await Helm.ManifestsAsync(example);
        foreach (var deployment in manifests.OfKind("Deployment"))
        {
            var server = Containers(deployment).Single(container => Helm.Text(container, "name") == "server");
            var ports = Helm.List(server, "ports").ToDictionary(port => Helm.Text(port, "name"), port => int.Parse(Helm.Text(port, "containerPort"), CultureInfo.InvariantCulture));
            Assert.Equal((8080, EndpointOptions.DEFAULT_SILO_PORT, EndpointOptions.DEFAULT_GATEWAY_PORT), (ports["http"], ports["silo"], ports["orleans"]));
            var volume = Helm.List(deployment, "spec", "template", "spec", "volumes").Single(v => Helm.Text(v, "name") == "options");
            var map = manifests.OfKind("ConfigMap").Single(m => Helm.Text(m, "metadata", "name") == Helm.Text(volume, "configMap", "name"));
            using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Helm.Text(map, "data", "appsettings.json")));
            var options = new ConfigurationBuilder().AddJsonStream(json).Build();
            var drain = options.GetSection(DrainOptions.Section).Get<DrainOptions>()!;
            Assert.Equal(ports.GetValueOrDefault("grpc"), options.GetValue("Vision:Gateway:GrpcPort", 0));
            Assert.Equal(options.GetValue<bool>("Vision:Roles:Gateway"), ports.ContainsKey("grpc"));
            var grace = TimeSpan.FromSeconds(int.Parse(Helm.Text(deployment, "spec", "template", "spec", "terminationGracePeriodSeconds"), CultureInfo.InvariantCulture));
            // The host itself takes another quarter of a minute to close connections and to leave the cluster.
            Assert.True(grace >= drain.Notice + drain.Timeout + TimeSpan.FromSeconds(15));
            var labels = Helm.At(deployment, "spec", "template", "metadata", "labels")!;
            Assert.NotNull(Helm.At(labels, "orleans/serviceId"));
            Assert.NotNull(Helm.At(labels, "orleans/clusterId"));
        }
    }

    [ChartFact]
    public async Task Probes_OfTheChart_AreAnsweredByTheProgram()
    {
        var paths = (await Helm.ManifestsAsync("trial")).OfKind("Deployment").SelectMany(Containers)
            .SelectMany(container => new[] { "startupProbe", "readinessProbe", "livenessProbe" }.Select(probe => Helm.Text(container, probe, "httpGet", "path")))
            .Append("/metrics").Append("/v1/models").Distinct().ToArray();
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Models:Load:0=starter-clip");
        foreach (var path in paths)
        {
            using var answer = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.True(answer.IsSuccessStatusCode, path);
        }
    }

    [ChartTheory]
    [MemberData(nameof(Examples))]
    public async Task Pods_OfAnExample_AreRestricted(string example)
    {
        foreach (var pod in (await Helm.ManifestsAsync(example)).Where(m => Helm.Text(m, "kind") is "Deployment" or "StatefulSet" or "Pod"))
        {
            var spec = Helm.Text(pod, "kind") == "Pod" ? Helm.At(pod, "spec")! : Helm.At(pod, "spec", "template", "spec")!;
            Assert.Equal("true", Helm.Text(spec, "securityContext", "runAsNonRoot"));
            Assert.Equal("RuntimeDefault", Helm.Text(spec, "securityContext", "seccompProfile", "type"));
            Assert.All(Helm.List(spec, "containers").Concat(Helm.List(spec, "initContainers")), container =>
            {
                Assert.Equal("false", Helm.Text(container, "securityContext", "allowPrivilegeEscalation"));
                Assert.Equal("true", Helm.Text(container, "securityContext", "readOnlyRootFilesystem"));
                Assert.Equal("ALL", ((YamlScalarNode)Helm.List(container, "securityContext", "capabilities", "drop").Single()).Value);
                Assert.NotNull(Helm.At(container, "resources", "requests"));
                Assert.DoesNotContain("latest", Helm.Text(container, "image"), StringComparison.Ordinal);
            });
        }
    }

    [ChartFact]
    public async Task Scaling_OfThePools_FollowsAMetricThatTheProgramHas()
    {
        var scaled = (await Helm.ManifestsAsync("production-gpu")).OfKind("ScaledObject").ToArray();
        Assert.Equal(2, scaled.Length);
        Assert.All(scaled, pool => Assert.Contains(
            VisionTelemetry.Metrics.DeviceQueue.Replace('.', '_') + "_seconds{",
            Helm.Text(Helm.List(pool, "spec", "triggers").Single(), "metadata", "query"),
            StringComparison.Ordinal));
    }

    [ChartFact]
    public async Task Rules_OfTheChart_AreThoseOfTheDashboardsFolder()
    {
        var manifests = await Helm.ManifestsAsync("production-gpu");
        var rules = Helm.List(manifests.OfKind("PrometheusRule").Single(), "spec", "groups").SelectMany(group => Helm.List(group, "rules"));
        Assert.Equal(Monitoring.AlertRule.All.Select(rule => rule.Name), rules.Select(rule => Helm.Text(rule, "alert")));
        Assert.Equal(5, manifests.OfKind("ConfigMap").Count(map => Helm.At(map, "metadata", "labels", "grafana_dashboard") is not null));
    }

    [Fact]
    public async Task Readme_OfTheChart_IsWhatItsCommentsSay()
    {
        var (code, output, errors) = await Command.RunAsync("bash", null, RepositoryRoot.Of("tools", "chart-readme.sh"), "--print");
        Assert.True(code == 0, errors);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Helm.Chart, "README.md")), output);
        var keys = Regex.Matches(await File.ReadAllTextAsync(Path.Combine(Helm.Chart, "values.yaml")), @"(?m)^[a-z]\w+:").Select(match => match.Value.TrimEnd(':'));
        Assert.All(keys, key => Assert.Contains($"| `{key}", output, StringComparison.Ordinal));
    }

    [Fact]
    public void Versions_OfChartProgramAndImages_AreOne()
    {
        var version = Regex.Match(File.ReadAllText(RepositoryRoot.Of("Directory.Build.props")), "<Version>(.*)</Version>").Groups[1].Value;
        var chart = File.ReadAllText(Path.Combine(Helm.Chart, "Chart.yaml"));
        Assert.Contains($"\nversion: {version}\n", chart, StringComparison.Ordinal);
        Assert.Contains($"\nappVersion: {version}\n", chart, StringComparison.Ordinal);
        Assert.Contains($"ARG VERSION={version}\n", File.ReadAllText(RepositoryRoot.Of("deploy", "Dockerfile")), StringComparison.Ordinal);
        Assert.Contains($"## {version}", File.ReadAllText(RepositoryRoot.Of("CHANGELOG.md")), StringComparison.Ordinal);
    }

    private static IEnumerable<YamlNode> Containers(YamlMappingNode deployment) => Helm.List(deployment, "spec", "template", "spec", "containers");
}
