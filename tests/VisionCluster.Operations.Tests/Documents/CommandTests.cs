using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using VisionCluster.Operations.Tests.Deployment;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Operations.Tests.Documents;

/// <summary>What the documentation tells a reader to paste does what it says: nothing in it is refused.</summary>
public sealed partial class CommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Address = "localhost:8080";
    private const int LimitSeconds = 300;

    /// <summary>Blocks that start things; who runs the same elsewhere.</summary>
    private static readonly Dictionary<string, string> RunElsewhere = new()
    {
        ["dotnet run -c Release --project src/VisionCluster.Cli -- demo"] = "DemoTests",
        ["./tools/test.sh"] = "whoever runs this test",
        ["dotnet run -c Release --project src/VisionCluster.Server"] = "VisionTestServer, PublishTests",
    };

    public static TheoryData<string> Pages => [.. Document.All.Where(page => page.Commands.Any(IsForServer)).Select(page => page.Name)];

    [CurlTheory]
    [MemberData(nameof(Pages))]
    public async Task Commands_OfAPage_AreAllAnswered(string page)
    {
        using var folder = new TemporaryFolder();
        // An answer of 400 and above fails the command, and with it the script.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".curlrc"), "fail-with-body\nshow-error\nmax-time = 60\n");
        var script = Path.Combine(folder.Path, "page.sh");
        await File.WriteAllTextAsync(script, Script(Document.Read(page)));
        var (code, output, errors) = await Command.RunAsync(
            "timeout",
            new Dictionary<string, string> { ["CURL_HOME"] = folder.Path, ["no_proxy"] = "*" },
            LimitSeconds.ToString(CultureInfo.InvariantCulture), "bash", script);
        Assert.True(code == 0, $"{page} ended with {code}.\n{errors}\n{output}");
        Assert.False(Problem().IsMatch(output), output);
    }

    [Fact]
    public void Commands_OfAllPages_AreRunHereOrElsewhere() => Assert.All(
        Document.All.SelectMany(page => page.Commands).Where(block => !IsForServer(block)).SelectMany(block => block.Split('\n')),
        line => Assert.True(
            RunElsewhere.ContainsKey(line.Split('#')[0].Trim()) || line.Split('#')[0].Trim().Length == 0, $"Nothing runs '{line}'."));

    private string Script(Document page)
    {
        var script = new StringBuilder("set -euo pipefail\n");
        script.Append(CultureInfo.InvariantCulture, $"visionctl() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "visionctl.dll")}' \"$@\"; }}\n");
        foreach (var block in page.Commands.Where(IsForServer))
        {
            script.Append(block.Replace(Address, shared.Server.Url.Authority, StringComparison.Ordinal)).Append("echo\n");
        }

        return script.ToString();
    }

    private static bool IsForServer(string block) => block.Contains(Address, StringComparison.Ordinal);

    [GeneratedRegex("\"(code|error)\":[\"{]")]
    private static partial Regex Problem();
}
