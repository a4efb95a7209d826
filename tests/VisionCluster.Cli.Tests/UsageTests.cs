namespace VisionCluster.Cli.Tests;

public sealed class UsageTests
{
    public static TheoryData<string[]> Wrong => new()
    {
        Array.Empty<string>(),
        new[] { "dance" },
        new[] { "demo", "--colour" },
        new[] { "segment" },
        new[] { "segment", "a.png" },
        new[] { "segment", "a.png", "--point", "3" },
        new[] { "segment", "a.png", "--box", "1,2,3,x" },
        new[] { "classify", "a.png" },
        new[] { "classify", "a.png", "--label", "a", "--templates", "none-such" },
        new[] { "detect", "a.png", "--label", "a", "--url", "not-a-url" },
        new[] { "models" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task Run_WrongArguments_ExplainsTheUsage(string[] args)
    {
        var run = await CliRun.StartAsync(args);

        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.NotEmpty(run.Errors);
        Assert.Contains("Usage:", run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("segment", "--help")]
    [InlineData("models", "list", "--help")]
    public async Task Run_Help_ExplainsTheUsage(params string[] args)
    {
        var run = await CliRun.StartAsync(args);

        Assert.Equal(ExitCodes.Success, run.Code);
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RootHelp_TellsTheExitCodes() =>
        Assert.Contains("Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled.", (await CliRun.StartAsync(["--help"])).Output, StringComparison.Ordinal);
}
