using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VisionCluster.Cli.Tests.Keys;

public sealed class KeysCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder["keys.json"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Add_AndRevoke_KeepDigestsOnly()
    {
        var red = (await AskAsync("keys", "add", File, "--tenant", "red")).Trim();
        var blue = (await AskAsync("keys", "add", File, "--tenant", "blue", "--operator")).Trim();
        var text = await System.IO.File.ReadAllTextAsync(File);
        Assert.DoesNotContain(red, text, StringComparison.Ordinal);
        var keys = JsonDocument.Parse(text).RootElement.GetProperty("keys").EnumerateArray().ToArray();
        Assert.Equal(["red", "blue"], keys.Select(key => key.GetProperty("tenant").GetString()));
        Assert.Equal([false, true], keys.Select(key => key.GetProperty("operator").GetBoolean()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(red))), keys[0].GetProperty("sha256").GetString());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        }

        Assert.Equal("1 revoked, 1 left", (await AskAsync("keys", "revoke", File, "--key", blue)).Trim());
        Assert.DoesNotContain("blue", await System.IO.File.ReadAllTextAsync(File), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failure, (await CliRun.StartAsync(["keys", "revoke", File, "--tenant", "blue"])).Code);
        Assert.Equal(ExitCodes.Usage, (await CliRun.StartAsync(["keys", "revoke", File])).Code);
    }

    [Fact]
    public async Task Add_ToWhatIsNoFileOfKeys_LeavesItAlone()
    {
        await System.IO.File.WriteAllTextAsync(File, "{");
        Assert.Equal(ExitCodes.Failure, (await CliRun.StartAsync(["keys", "add", File, "--tenant", "red"])).Code);
        Assert.Equal("{", await System.IO.File.ReadAllTextAsync(File));
    }

    private static async Task<string> AskAsync(params string[] args)
    {
        var run = await CliRun.StartAsync(args);
        Assert.True(run.Code == ExitCodes.Success, run.Errors);
        return run.Output;
    }
}
