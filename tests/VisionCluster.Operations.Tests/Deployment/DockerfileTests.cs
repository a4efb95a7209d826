using System.Text.RegularExpressions;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>What linters of Dockerfiles ask, asked of ours.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = Logical(File.ReadAllText(RepositoryRoot.Of("deploy", "Dockerfile")));

    private static readonly string[] Flavours = ["cpu", "cuda"];

    [Fact]
    public void Stages_OfBothFlavours_EndWithoutRootAndStopGracefully() => Assert.All(Flavours, flavour =>
    {
        var stage = Stage(flavour);
        Assert.Equal("USER 1654", stage.Last(line => line.StartsWith("USER ", StringComparison.Ordinal)));
        Assert.Contains("STOPSIGNAL SIGTERM", stage);
        Assert.Contains(stage, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && line.Contains("/health/ready", StringComparison.Ordinal));
        // Without a shell between, so that signals reach the program.
        Assert.Contains("ENTRYPOINT [\"dotnet\", \"/app/VisionCluster.Server.dll\"]", stage);
        Assert.Contains(stage, line => line.StartsWith("LABEL ", StringComparison.Ordinal) && line.Contains("org.opencontainers.image.licenses", StringComparison.Ordinal));
    });

    [Fact]
    public void Stage_ForProcessors_HasNoShell() => Assert.Contains("chiseled", Stage("cpu")[0], StringComparison.Ordinal);

    [Fact]
    public void Images_All_NameAVersion() => Assert.All(
        Lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]),
        image =>
        {
            Assert.DoesNotContain(":latest", image, StringComparison.Ordinal);
            Assert.True(image.Contains(':', StringComparison.Ordinal) || image.StartsWith("${", StringComparison.Ordinal), image);
        });

    [Fact]
    public void Steps_All_CopyWhatThereIsAndHideNothing()
    {
        foreach (var source in Lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1]))
        {
            Assert.True(Path.Exists(RepositoryRoot.Of(source)), source);
        }

        Assert.DoesNotContain(Lines, line => line.StartsWith("ADD ", StringComparison.Ordinal) || line.Contains("sudo ", StringComparison.Ordinal));
        Assert.DoesNotContain(Lines, line => Secret().IsMatch(line));
    }

    private static string[] Stage(string name)
    {
        var first = Array.FindIndex(Lines, line => line.StartsWith("FROM ", StringComparison.Ordinal) && line.EndsWith($" AS {name}", StringComparison.Ordinal));
        var next = Array.FindIndex(Lines, first + 1, line => line.StartsWith("FROM ", StringComparison.Ordinal));
        return Lines[first..(next < 0 ? Lines.Length : next)];
    }

    /// <summary>Instructions, continued lines made one.</summary>
    private static string[] Logical(string text) => [.. Continued().Replace(text, " ").Split('\n')
        .Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex("(?i)(password|secret|token|api_?key)=")]
    private static partial Regex Secret();
}
