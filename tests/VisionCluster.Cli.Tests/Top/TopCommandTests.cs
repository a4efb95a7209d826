using System.Text.RegularExpressions;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Cli.Tests.Top;

public sealed partial class TopCommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static string Dog => Path.Combine(AppContext.BaseDirectory, "samples", "held-twemoji-1.png");

    [Fact]
    public async Task Top_AfterACall_ShowsTheDeviceItsSessionAndItsTenant()
    {
        Assert.Equal(ExitCodes.Success, (await RunAsync("classify", Dog, "-l", "pizza")).Code);
        // The load of a device is reported once a second, and a session may be told before its first run has ended.
        CliRun run;
        var looks = 0;
        do
        {
            run = await RunAsync("top", "-n", "2", "-i", "0.6");
        }
        while (!(run.Output.Contains("1 sessions", StringComparison.Ordinal) && Tenant().IsMatch(run.Output)) && ++looks < 40);
        Assert.Equal((ExitCodes.Success, ""), (run.Code, run.Errors));
        Assert.Matches(@"1 devices, 1 ready, 1 sessions", run.Output);
        Assert.Matches(@"/cpu0 .*Ready.*starter-clip", run.Output);
        Assert.Matches(Tenant(), run.Output);
    }

    [Fact]
    public async Task Top_ByAStranger_FailsAndSaysWhy()
    {
        await using var closed = await VisionTestServer.StartAsync(
            null, "Vision:Authentication:Keys:0:Tenant=acme", $"Vision:Authentication:Keys:0:Sha256={new string('a', 64)}", "Vision:Models:Load:0=starter-clip");
        var run = await CliRun.StartAsync(["top", "-n", "1", "--url", closed.Url.ToString()]);
        Assert.Equal(ExitCodes.Failure, run.Code);
        Assert.Contains("Unauthenticated", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_WrongInterval_IsAUsageError() => Assert.Equal(ExitCodes.Usage, (await RunAsync("top", "-i", "0")).Code);

    private Task<CliRun> RunAsync(params string[] args) => CliRun.StartAsync([.. args, "--url", shared.Server.Url.ToString()]);

    [GeneratedRegex(@"default .*\d\.\d")]
    private static partial Regex Tenant();
}
