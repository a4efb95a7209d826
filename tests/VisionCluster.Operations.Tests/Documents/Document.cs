using System.Text.RegularExpressions;

namespace VisionCluster.Operations.Tests.Documents;

/// <summary>A page of the documentation.</summary>
/// <param name="Name">Its path from the root of the repository.</param>
/// <param name="Text">Its text.</param>
internal sealed partial record Document(string Name, string Text)
{
    private static readonly string[] AtRoot = ["README.md", "SECURITY.md", "CONTRIBUTING.md"];

    /// <summary>README and its kin, and every page beneath <c>docs</c>.</summary>
    public static IReadOnlyList<Document> All { get; } =
    [
        .. AtRoot.Concat(Directory.EnumerateFiles(RepositoryRoot.Of("docs"), "*.md", SearchOption.AllDirectories)
                .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
                .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path)).Order(StringComparer.Ordinal))
            .Select(Read),
    ];

    /// <summary>The blocks that a reader pastes into bash.</summary>
    public IReadOnlyList<string> Commands { get; } = [.. Block().Matches(Text).Select(match => match.Groups["body"].Value)];

    /// <summary>Where its links go, but for other sites.</summary>
    public IEnumerable<string> RelativeLinks => Link().Matches(Text).Select(match => match.Groups["to"].Value)
        .Where(to => !to.Contains("://", StringComparison.Ordinal) && !to.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IEnumerable<string> Anchors => Heading().Matches(Text).Select(match => NoAnchor()
        .Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>The options that it names.</summary>
    public IEnumerable<string> OptionKeys => Key().Matches(Text).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)).Distinct();

    public static Document Read(string name) => new(name, File.ReadAllText(RepositoryRoot.Of(name)));

    [GeneratedRegex(@"^```bash\n(?<body>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"\bVision(?:(?::|__)[A-Za-z0-9]+)+")]
    private static partial Regex Key();
}
