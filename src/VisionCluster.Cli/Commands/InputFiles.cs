using System.CommandLine;
using Microsoft.Extensions.FileSystemGlobbing;

namespace VisionCluster.Cli.Commands;

/// <summary>The images that a command reads: files, globs, and standard input.</summary>
internal static class InputFiles
{
    /// <summary>Stands for standard input, and for standard output where a picture is written.</summary>
    public const string Standard = "-";

    private const int LargestInput = 256 << 20;

    public static Argument<string[]> Argument() => new("images")
    {
        Description = "Image files, globs such as 'photos/**/*.jpg', or - for standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>An image's bytes.</summary>
    /// <exception cref="CommandException">Standard input has more than 256 MiB.</exception>
    public static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file != Standard)
        {
            return await File.ReadAllBytesAsync(file, cancellationToken);
        }

        await using var input = Console.OpenStandardInput();
        using var all = new MemoryStream();
        var block = new byte[1 << 16];
        while (await input.ReadAsync(block, cancellationToken) is > 0 and var count)
        {
            all.Write(block.AsSpan(0, count));
            if (all.Length > LargestInput)
            {
                throw new CommandException("Standard input has more than 256 MiB: no image that a cluster takes.");
            }
        }

        return all.ToArray();
    }

    /// <summary>Every file, once, in the order of the arguments.</summary>
    /// <exception cref="CommandException">A file that is not there, or a glob that matches nothing.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> arguments) =>
        [.. arguments.SelectMany(Expand).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Expand(string argument)
    {
        if (argument == Standard || File.Exists(argument))
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
