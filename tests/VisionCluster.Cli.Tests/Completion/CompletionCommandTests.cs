using System.Diagnostics;

namespace VisionCluster.Cli.Tests.Completion;

public sealed class CompletionCommandTests
{
    [Theory]
    [InlineData("visionctl seg", "segment")]
    [InlineData("visionctl models p", "pull")]
    [InlineData("visionctl bench --scen", "--scenario")]
    [InlineData("visionctl bench --scenario click", "clickSession")]
    public async Task Bash_WithTheScript_CompletesCommandsOptionsAndValues(string line, string expected)
    {
        var found = await CompleteInBashAsync(line);

        Assert.Contains(expected, found);
    }

    [Theory]
    [InlineData("zsh", "compdef _visionctl visionctl")]
    [InlineData("fish", "complete -c visionctl")]
    public async Task Completion_OtherShells_AskTheProgramToo(string shell, string line)
    {
        var run = await CliRun.StartAsync(["completion", shell]);

        Assert.Equal(ExitCodes.Success, run.Code);
        Assert.Contains(line, run.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_UnknownShell_IsAUsageError() =>
        Assert.Equal(ExitCodes.Usage, (await CliRun.StartAsync(["completion", "cmd"])).Code);

    /// <summary>What bash offers for a line whose end the cursor is at.</summary>
    private static async Task<string[]> CompleteInBashAsync(string line)
    {
        var words = line.Split(' ');
        var script = $$"""
            visionctl() { dotnet '{{CliProcess.Program}}' "$@"; }
            source <(visionctl completion bash)
            COMP_LINE='{{line}}'; COMP_POINT={{line.Length}}; COMP_WORDS=({{string.Join(' ', words)}}); COMP_CWORD={{words.Length - 1}}
            _visionctl
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
