using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using VisionCluster.Server.Draining;
using VisionCluster.TestKit.Processes;
using YamlDotNet.RepresentationModel;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The compose file and what it mounts.</summary>
public sealed class ComposeTests
{
    private static readonly YamlMappingNode Compose = Load("compose.yaml");

    [Fact]
    public void Services_All_AreThereInTheirNumbers()
    {
        var services = ((YamlMappingNode)Helm.At(Compose, "services")!).Children.Keys.Select(key => key.ToString());
        Assert.Superset(
            new HashSet<string> { "gateway", "worker", "redis", "prometheus", "grafana", "otel-collector", "tempo" }, services.ToHashSet());
        Assert.Equal("2", Helm.Text(Compose, "services", "gateway", "deploy", "replicas"));
        Assert.Equal("2", Helm.Text(Compose, "services", "worker", "deploy", "replicas"));
        Assert.All(((YamlMappingNode)Helm.At(Compose, "services")!).Children.Values, service =>
        {
            if (Helm.At(service, "image") is YamlScalarNode image)
            {
                Assert.Contains(':', image.Value!);
                Assert.DoesNotContain("latest", image.Value!, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void Environment_OfServers_IsTheProgramsOwn()
    {
        var settings = new[] { Helm.At(Compose, "x-environment")!, Helm.At(Compose, "services", "gateway", "environment")!, Helm.At(Compose, "services", "worker", "environment")! }
            .SelectMany(node => ((YamlMappingNode)node).Children)
            .Where(pair => pair.Key.ToString().StartsWith("Vision__", StringComparison.Ordinal))
            .GroupBy(pair => pair.Key.ToString().Replace("__", ":", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => (string?)pair.First().Value.ToString());
        Assert.True(settings.Count >= 7);
        ProgramOptions.Check(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }

    [Fact]
    public void Ports_OfGateways_AreThoseThatTheEdgePassesOn()
    {
        var grpc = Helm.Text(Compose, "services", "gateway", "environment", "Vision__Gateway__GrpcPort");
        Assert.Equal(["8080", grpc], Helm.List(Compose, "services", "gateway", "expose").Select(port => port.ToString()));
        Assert.Equal(["8080:8080", $"{grpc}:{grpc}"], Helm.List(Compose, "services", "edge", "ports").Select(port => port.ToString()));
        var edge = File.ReadAllText(RepositoryRoot.Of("deploy", "nginx.conf"));
        Assert.Contains("server gateway:8080 resolve;", edge, StringComparison.Ordinal);
        Assert.Contains($"server gateway:{grpc} resolve;", edge, StringComparison.Ordinal);
    }

    [Fact]
    public void Servers_Stopped_GetTheTimeThatTheyNeed()
    {
        var drain = new DrainOptions();
        var grace = int.Parse(Helm.Text(Compose, "x-server", "stop_grace_period").TrimEnd('s'), CultureInfo.InvariantCulture);
        Assert.True(grace >= (drain.Notice + drain.Timeout).TotalSeconds + 15);
        Assert.Equal("true", Helm.Text(Compose, "x-server", "read_only"));
    }

    [Fact]
    public void Mounts_All_AreFilesOfTheRepository()
    {
        var mounts = ((YamlMappingNode)Helm.At(Compose, "services")!).Children.Values.SelectMany(service => Helm.List(service, "volumes"))
            .Select(volume => volume.ToString().Split(':')[0]).Where(path => path.StartsWith('.')).ToArray();
        Assert.NotEmpty(mounts);
        Assert.All(mounts, path => Assert.True(Path.Exists(RepositoryRoot.Of("deploy", path)), path));
        var targets = Helm.List(Load("prometheus.yaml"), "scrape_configs").SelectMany(job => Helm.List(job, "dns_sd_configs")).SelectMany(dns => Helm.List(dns, "names"));
        Assert.Equal(["gateway", "worker"], targets.Select(name => name.ToString()));
    }

    [Fact]
    public async Task Passwords_OfAFirstStart_AreMadeUpOnceAndNobodyElsesToRead()
    {
        using var folder = new TemporaryFolder();
        var (kept, docker) = (Path.Combine(folder.Path, "passwords"), Path.Combine(folder.Path, "docker"));
        await File.WriteAllTextAsync(docker, "#!/bin/sh\necho \"$@\"\n");
        Assert.Equal(0, (await Command.RunAsync("chmod", null, "+x", docker)).Code);
        var environment = new Dictionary<string, string> { ["COMPOSE_ENV"] = kept, ["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}" };
        var (code, output, errors) = await Command.RunAsync(RepositoryRoot.Of("deploy", "compose.sh"), environment, "up", "--build");
        Assert.True(code == 0, errors);
        Assert.Equal($"compose --env-file {kept} -f {RepositoryRoot.Of("deploy", "compose.yaml")} up --build", output.Trim());
        var first = await File.ReadAllTextAsync(kept);
        Assert.Equal("600", (await Command.RunAsync("stat", null, "-c", "%a", kept)).Output.Trim());
        Assert.Equal(0, (await Command.RunAsync(RepositoryRoot.Of("deploy", "compose.sh"), environment, "down")).Code);
        Assert.Equal(first, await File.ReadAllTextAsync(kept));

        // Every password that the file asks for is there, none has a value of its own, and no two are alike.
        var compose = await File.ReadAllTextAsync(RepositoryRoot.Of("deploy", "compose.yaml"));
        var asked = Regex.Matches(compose, @"\$\{(\w*PASSWORD)(:\?)?").ToArray();
        Assert.All(asked, variable => Assert.Equal(":?", variable.Groups[2].Value));
        var made = Regex.Matches(first, "(?m)^([A-Z_]+)=([0-9a-f]{48})$").ToDictionary(line => line.Groups[1].Value, line => line.Groups[2].Value);
        Assert.Equal(asked.Select(variable => variable.Groups[1].Value).ToHashSet(), made.Keys.ToHashSet());
        Assert.Equal(made.Count, made.Values.Distinct().Count());
    }

    [PrometheusFact]
    public async Task Prometheus_Configuration_IsGood()
    {
        using var folder = new TemporaryFolder();
        File.Copy(RepositoryRoot.Of("deploy", "prometheus.yaml"), Path.Combine(folder.Path, "prometheus.yaml"));
        File.Copy(Monitoring.AlertRule.File, Path.Combine(folder.Path, "alerts.yaml"));
        var (code, output) = await PrometheusServer.ToolAsync("check", "config", Path.Combine(folder.Path, "prometheus.yaml"));
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Collector_Sampling_KeepsErrorsAndWhatIsSlow()
    {
        var policies = Helm.List(Load("otel-collector.yaml"), "processors", "tail_sampling", "policies").Select(policy => Helm.Text(policy, "type")).ToArray();
        Assert.Contains("status_code", policies);
        Assert.Contains("latency", policies);
        var refused = Helm.List(Load("otel-collector.yaml"), "processors", "tail_sampling", "policies").Single(policy => Helm.Text(policy, "type") == "string_attribute");
        Assert.Equal(Contracts.Telemetry.VisionTelemetry.ErrorCode, Helm.Text(refused, "string_attribute", "key"));
    }

    private static YamlMappingNode Load(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(RepositoryRoot.Of("deploy", file))));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }
}
