using System.Text.RegularExpressions;

namespace VisionCluster.Repository.Tests;

/// <summary>Rules that no compiler keeps.</summary>
public sealed partial class SourceRulesTests
{
    private const int MaxLines = 300;

    [Fact]
    public void Files_OfCode_HaveAtMost300Lines() => Assert.All(
        RepositoryFiles.Sources(), file => Assert.True(File.ReadLines(file).Count() <= MaxLines, file));

    [Fact]
    public void Files_OfSource_HoldOnePublicTypeOfTheirName()
    {
        foreach (var file in RepositoryFiles.Files("*.cs").Where(f => f.Contains("/src/", StringComparison.Ordinal)))
        {
            var types = PublicType().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value).Distinct().ToArray();
            Assert.True(types.Length <= 1, $"{file} holds {string.Join(", ", types)}");
            Assert.True(types.Length == 0 || Path.GetFileName(file).Split('.')[0] == types[0], $"{file} holds {types.FirstOrDefault()}");
        }
    }

    [Fact]
    public void Files_OfCode_HoldNoLeftovers() => Assert.All(
        RepositoryFiles.Sources().Where(file => !file.EndsWith("SourceRulesTests.cs", StringComparison.Ordinal)),
        file => Assert.False(Leftover().IsMatch(File.ReadAllText(file)), file));

    [Fact]
    public void Folders_OfSource_AreNamedForTheirDomain() => Assert.DoesNotContain(
        Directory.EnumerateDirectories(Path.Combine(RepositoryFiles.Root, "src"), "*", SearchOption.AllDirectories).Select(Path.GetFileName),
        name => name is "Helpers" or "Utils" or "Common" or "Managers");

    [GeneratedRegex(@"^public (?:abstract |sealed |static |partial |readonly )*(?:class|record struct|record|struct|interface|enum) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"//\s*TODO|#region|FIXME")]
    private static partial Regex Leftover();
}
