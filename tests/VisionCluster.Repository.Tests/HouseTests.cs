namespace VisionCluster.Repository.Tests;

/// <summary>The picture in docs/architecture.md is true: references point down only.</summary>
public sealed class HouseTests
{
    public static TheoryData<string, string[], string[]> Rooms => new()
    {
        { "VisionCluster.Contracts", [], ["StackExchange", "Microsoft.ML", "NetVips", "Microsoft.AspNetCore"] },
        { "VisionCluster.Inference", ["VisionCluster.Contracts"], ["Microsoft.Orleans", "Microsoft.AspNetCore", "StackExchange"] },
        { "VisionCluster.Grains", ["VisionCluster.Contracts", "VisionCluster.Inference"], ["Microsoft.AspNetCore", "Microsoft.ML"] },
        { "VisionCluster.Gateway", ["VisionCluster.Contracts"], ["Microsoft.ML", "NetVips"] },
        { "VisionCluster.Client", ["VisionCluster.Contracts"], ["Microsoft.ML", "NetVips", "Microsoft.Orleans.Server"] },
        {
            "VisionCluster.Server",
            ["VisionCluster.Contracts", "VisionCluster.Gateway", "VisionCluster.Grains", "VisionCluster.Inference", "VisionCluster.StarterModels"],
            []
        },
        { "VisionCluster.Cli", ["VisionCluster.Client", "VisionCluster.Server"], [] },
        { "VisionCluster.StarterModels", [], ["Microsoft"] },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void References_OfAProject_PointDownOnly(string project, string[] allowed, string[] forbiddenPackages)
    {
        Assert.Subset(allowed.ToHashSet(), RepositoryFiles.References(project, "ProjectReference").ToHashSet());
        Assert.DoesNotContain(
            RepositoryFiles.Packages(project),
            package => forbiddenPackages.Any(forbidden => package.StartsWith(forbidden, StringComparison.Ordinal)));
    }

    [Fact]
    public void Projects_InSrc_AreAllInThePicture()
    {
        var picture = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "architecture.md"));
        Assert.All(
            Directory.EnumerateDirectories(Path.Combine(RepositoryFiles.Root, "src")).Select(Path.GetFileName),
            project => Assert.Contains(project!, picture));
    }

    [Fact]
    public void Features_OfEveryProject_AreNamedInThePicture()
    {
        var picture = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "architecture.md"));
        foreach (var project in new[] { "Contracts", "Inference", "Grains", "Gateway", "Client", "Server", "Cli" })
        {
            var line = picture.Split('\n').Single(text => text.StartsWith($"- `{project}/`", StringComparison.Ordinal));
            var folders = Directory.EnumerateDirectories(Path.Combine(RepositoryFiles.Root, "src", $"VisionCluster.{project}"))
                .Select(Path.GetFileName).Where(name => name is not ("bin" or "obj" or "Properties"));
            Assert.All(folders, folder => Assert.Contains(folder!, line));
        }
    }

    [Fact]
    public void Grains_Sources_NameNoOnnxRuntimeType() => Assert.All(
        RepositoryFiles.Files("*.cs").Where(file => file.Contains("VisionCluster.Grains", StringComparison.Ordinal)),
        file => Assert.DoesNotContain("Microsoft.ML.OnnxRuntime", File.ReadAllText(file)));
}
