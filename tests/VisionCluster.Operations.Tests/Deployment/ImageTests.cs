using System.Text.RegularExpressions;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The Dockerfile built for real and its image run, on stand-ins for the images that it begins with.</summary>
public sealed partial class ImageTests
{
    [ContainerFact]
    public async Task Image_ForProcessors_ServesAsNobodyOnARootThatNobodyWritesTo()
    {
        using var folder = new TemporaryFolder();
        var app = Path.Combine(folder.Path, "app");
        // Compiling ahead takes minutes on two cores and changes no file's name.
        var (code, output, errors) = await Command.RunAsync(
            RepositoryRoot.Of("tools", "try-image.sh"),
            new Dictionary<string, string> { ["READY_TO_RUN"] = "false", ["PACKAGES"] = ContainerFactAttribute.Packages, ["APP"] = app },
            "cpu");
        Assert.True(code == 0, output + errors);
        var said = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).Where(line => line.Length == 2)
            .ToDictionary(line => line[0], line => line[1]);
        Assert.StartsWith("user 1654, stops on SIGTERM, starts [dotnet /app/VisionCluster.Server.dll], asks [CMD dotnet", said["configuration"], StringComparison.Ordinal);
        Assert.Matches("^Uid: 1654 .*CapEff: 0{16} .*NoNewPrivs: 1", said["identity"]);
        Assert.Equal("content", said["health"]);
        Assert.Equal("0 files in /tmp, 0 elsewhere", said["written"]);
        Assert.Equal("0", said["shells"]);
        PublishedServer.Check(app, said["configuration"].Split(" is ")[^1]);
        Assert.StartsWith("with 0 after ", said["stopped"], StringComparison.Ordinal);
        Assert.InRange(int.Parse(Milliseconds().Match(said["stopped"]).Value, System.Globalization.CultureInfo.InvariantCulture), 0, 50_000);
    }

    [GeneratedRegex(@"\d+(?= ms)")]
    private static partial Regex Milliseconds();
}
