using System.CommandLine;
using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Completion;

/// <summary><c>visionctl completion</c>: the script that makes a shell complete commands, options and their values.</summary>
internal static class CompletionCommand
{
    /// <summary>Each asks the program itself, by System.CommandLine's directive.</summary>
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] =
            """
            _visionctl() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(visionctl "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2> /dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _visionctl visionctl
            """,
        ["zsh"] =
            """
            _visionctl() {
              local -a found
              found=("${(@f)$(visionctl "[suggest:${CURSOR}]" "${BUFFER}" 2> /dev/null)}")
              compadd -a found || _files
            }
            compdef _visionctl visionctl
            """,
        ["fish"] = """complete -c visionctl -a '(visionctl "[suggest:"(commandline -C)"]" (commandline -p) 2> /dev/null)'""",
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Print a script that completes command lines: source <(visionctl completion bash)") { shell };
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            await terminal.Output.WriteLineAsync(Scripts[parsed.GetRequiredValue(shell)].AsMemory(), cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
