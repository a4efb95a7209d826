using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The workflow does what <c>.ci/run</c> does, and then makes images and the chart of one version.</summary>
public sealed class WorkflowTests
{
    private static readonly YamlMappingNode Jobs = (YamlMappingNode)Helm.At(Load(), "jobs")!;

    [Fact]
    public void Tests_OfTheWorkflow_AreThoseOfCi()
    {
        Assert.Contains("./.ci/run", Runs("test"));
        Assert.All(Jobs.Children.Keys.Select(job => job.ToString()).Where(job => job != "test"), job => Assert.Equal("test", Helm.Text(Jobs, job, "needs")));
        // What tools/test.sh would install where it is root, less what comes with the runner or is for root alone.
        var parts = Regex.Matches(File.ReadAllText(RepositoryRoot.Of("tools", "test.sh")), "parts=\"\\$parts ([a-z -]+)\"").SelectMany(match => match.Groups[1].Value.Split(' '));
        var install = Runs("test").Single(run => run.Contains("apt-get install", StringComparison.Ordinal));
        Assert.All(
            parts.Except(["nodejs", "npm", "curl", "chromium", "podman", "runc"], StringComparer.Ordinal),
            part => Assert.Contains($" {part}", install, StringComparison.Ordinal));
    }

    [Fact]
    public void Images_OfTheWorkflow_AreBothFlavoursWithWhatIsInThem()
    {
        Assert.Equal(["cpu", "cuda"], Helm.List(Jobs, "images", "strategy", "matrix", "flavour").Select(flavour => flavour.ToString()));
        var build = Helm.List(Jobs, "images", "steps").Single(step => Helm.At(step, "uses")?.ToString().StartsWith("docker/build-push-action@", StringComparison.Ordinal) is true);
        Assert.Equal("true", Helm.Text(build, "with", "sbom"));
        Assert.Equal("mode=max", Helm.Text(build, "with", "provenance"));
        Assert.True(File.Exists(RepositoryRoot.Of(Helm.Text(build, "with", "file"))));
        // Every argument that it gives is one of the Dockerfile's.
        var known = Regex.Matches(File.ReadAllText(RepositoryRoot.Of("deploy", "Dockerfile")), "(?m)^ARG ([A-Z_]+)").Select(match => match.Groups[1].Value).ToHashSet();
        var given = Helm.Text(build, "with", "build-args").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).ToArray();
        Assert.Equal(["ACCELERATOR", "VERSION"], given);
        Assert.Subset(known, given.ToHashSet());
        Assert.EndsWith("-${{ matrix.flavour }}", Helm.Text(build, "with", "tags"), StringComparison.Ordinal);
    }

    /// <summary>The step's own command, run: a tag that is another version than the program's publishes nothing.</summary>
    [Theory]
    [InlineData("refs/heads/main", "main", 0)]
    [InlineData("refs/tags/v{0}", "v{0}", 0)]
    [InlineData("refs/tags/v9.9.9", "v9.9.9", 1)]
    public async Task Version_OfATag_MustBeTheProgramsOwn(string reference, string name, int expected)
    {
        var version = Regex.Match(await File.ReadAllTextAsync(RepositoryRoot.Of("Directory.Build.props")), "<Version>(.*)</Version>").Groups[1].Value;
        var step = Helm.List(Jobs, "images", "steps").Single(found => Helm.At(found, "id")?.ToString() == "version");
        using var folder = new TestKit.Processes.TemporaryFolder();
        var output = Path.Combine(folder.Path, "output");
        var (code, _, errors) = await Command.RunAsync(
            "bash",
            new Dictionary<string, string>
            {
                ["GITHUB_OUTPUT"] = output,
                ["GITHUB_REF"] = reference.Replace("{0}", version, StringComparison.Ordinal),
                ["GITHUB_REF_NAME"] = name.Replace("{0}", version, StringComparison.Ordinal),
            },
            "-e", "-c", Helm.Text(step, "run"));
        Assert.True(code == expected, errors);
        Assert.Equal($"version={version}\n", await File.ReadAllTextAsync(output));
    }

    private static string[] Runs(string job) => [.. Helm.List(Jobs, job, "steps").Select(step => Helm.At(step, "run")?.ToString()).OfType<string>()];

    private static YamlMappingNode Load()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(RepositoryRoot.Of(".github", "workflows", "ci.yaml"))));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }
}
