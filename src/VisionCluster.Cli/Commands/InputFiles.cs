using System.CommandLine;
using Microsoft.Extensions.FileSystemGlobbing;

namespace VisionCluster.Cli.Commands;

/// <summary>The images that a command reads: files and globs.</summary>
internal static class InputFiles
{
    public static Argument<string[]> Argument() => new("images")
    {
        Description = "Image files, or globs such as 'photos/**/*.jpg'.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Every file, once, in the order of the arguments.</summary>
    /// <exception cref="CommandException">A file that is not there, or a glob that matches nothing.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> arguments) =>
        [.. arguments.SelectMany(Expand).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Expand(string argument)
    {
        if (File.Exists(argument))
        {
            return [argument];
        }

        if (!argument.Contains('*', StringComparison.Ordinal))
        {
            throw new CommandException($"There is no file '{argument}'.");
        }

        var root = Path.IsPathRooted(argument) ? Path.GetPathRoot(argument)! : ".";
        var matcher = new Matcher().AddInclude(Path.IsPathRooted(argument) ? argument[root.Length..] : argument);
        var found = matcher.GetResultsInFullPath(root).Order(StringComparer.Ordinal).ToArray();
        return found.Length > 0 ? found : throw new CommandException($"No file matches '{argument}'.");
    }
}
