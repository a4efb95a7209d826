using System.Xml.Linq;

namespace VisionCluster.Repository.Tests;

/// <summary>The checkout that these tests were built from.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] Skipped = ["bin", "obj", "node_modules", "work"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Sources() =>
        Files("*.cs").Concat(Files("*.py")).Concat(Files("*.sh")).Concat(Files("*.js"));

    public static IEnumerable<string> Files(string pattern) => new[] { "src", "tests" }
        .Select(folder => Path.Combine(Root, folder))
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(Skipped.Contains));

    public static string[] References(string project, string kind) => [.. XDocument.Load(ProjectFile(project)).Descendants(kind)
        .Select(reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/')))
        .Where(name => name.Length > 0)];

    public static string[] Packages(string project) => [.. XDocument.Load(ProjectFile(project)).Descendants("PackageReference")
        .Select(reference => (string?)reference.Attribute("Include") ?? "")];

    private static string ProjectFile(string project) => Path.Combine(Root, "src", project, $"{project}.csproj");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VisionCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("No folder above the tests holds VisionCluster.sln.");
    }
}
