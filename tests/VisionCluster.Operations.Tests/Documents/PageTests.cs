namespace VisionCluster.Operations.Tests.Documents;

/// <summary>What the documentation names is there.</summary>
public sealed class PageTests
{
    private const string Reference = "docs/operating.md";

    public static TheoryData<string> Pages => [.. Document.All.Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_OfAPage_LeadSomewhere(string page)
    {
        var folder = Path.GetDirectoryName(RepositoryRoot.Of(page))!;
        Assert.All(Document.Read(page).RelativeLinks, link =>
        {
            var (file, anchor) = link.Split('#') is [var path, var name] ? (path, name) : (link, null);
            var target = file.Length == 0 ? RepositoryRoot.Of(page) : Path.GetFullPath(Path.Combine(folder, file));
            Assert.True(File.Exists(target) || Directory.Exists(target), link);
            Assert.True(anchor is null || new Document(target, File.ReadAllText(target)).Anchors.Contains(anchor), link);
        });
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void OptionKeys_OfAPage_AreOptionsOfTheProgram(string page) =>
        Assert.All(Document.Read(page).OptionKeys, key => Assert.True(OptionTable.Knows(key), key));

    [Fact]
    public void Options_OfTheProgram_AllStandInTheReferenceWithTheirDefaults()
    {
        var text = Document.Read(Reference).Text;
        var missing = OptionTable.Defaults.Select(option => $"| `{option.Key}` | {option.Value} |")
            .Where(row => !text.Contains(row, StringComparison.Ordinal)).ToArray();
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }
}
