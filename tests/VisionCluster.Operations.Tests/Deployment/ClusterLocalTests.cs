using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The whole topology as processes, by the script that people run.</summary>
public sealed class ClusterLocalTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    [PrometheusFact]
    public async Task Script_UpAndDown_ServesOverBothGatewaysAndLeavesNothingBehind()
    {
        using var folder = new TemporaryFolder();
        var port = FreePort.Next(inARow: 6);
        var start = new ProcessStartInfo("bash")
        {
            ArgumentList = { RepositoryRoot.Of("deploy", "cluster-local.sh") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["SERVER"] = Path.Combine(AppContext.BaseDirectory, "VisionCluster.Server.dll"), ["FOLDER"] = folder.Path,
                ["PORT"] = port.ToString(CultureInfo.InvariantCulture), ["MODELS"] = "starter-sam",
                ["START_LIMIT"] = "230",
            },
        };
        using var script = Process.Start(start)!;
        var output = new System.Collections.Concurrent.ConcurrentQueue<string>();
        script.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        script.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        script.BeginOutputReadLine();
        script.BeginErrorReadLine();
        try
        {
            await Eventually.TrueAsync(
                () => script.HasExited
                    ? throw new InvalidOperationException(string.Join('\n', output))
                    : Task.FromResult(output.Any(line => line.StartsWith("gateways ", StringComparison.Ordinal))),
                StartLimit,
                "the cluster is up");
            using var http = new HttpClient();
            var id = "";
            await Eventually.TrueAsync(async () => (id = await UploadAsync(http, port)).Length > 0, Limit, "the first gateway takes an image");
            // The other gateway finds the session that the first one made.
            using var answer = await http.PostAsJsonAsync(
                new Uri($"http://127.0.0.1:{port + 1}/v1/images/{id}/segment"), new { prompts = new[] { new { points = new[] { new { x = 50, y = 60 } } } } });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            await Eventually.TrueAsync(
                async () => (await AskAsync(http, $"http://127.0.0.1:{port}/v1/cluster"))?.GetArrayLength() == 2, Limit, "both devices are known");
            await Eventually.TrueAsync(() => SeesAllAsync(http, port + 5), Limit, "prometheus sees four servers");
        }
        finally
        {
            Command.Terminate(script);
            await script.WaitForExitAsync().WaitAsync(Limit);
        }

        Assert.Equal(143, script.ExitCode);
        using var gone = new HttpClient();
        for (var i = 0; i < 4; i++)
        {
            var error = await Record.ExceptionAsync(() => gone.GetAsync(new Uri($"http://127.0.0.1:{port + i}/health/live")));
            Assert.True(error is not null && NoAnswer.Is(error));
        }

        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process).Contains(folder.Path, StringComparison.Ordinal));
    }

    /// <summary>The image's id; empty where the gateway, as long as it knows no worker, says to come again.</summary>
    private static async Task<string> UploadAsync(HttpClient http, int port)
    {
        using var body = new ByteArrayContent(Sample.Load("held-twemoji-1").Bytes);
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{port}/v1/images"), body);
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.ServiceUnavailable, await answer.Content.ReadAsStringAsync());
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()! : "";
    }

    private static async Task<bool> SeesAllAsync(HttpClient http, int port) =>
        await AskAsync(http, $"http://127.0.0.1:{port}/api/v1/query?query=sum(up)") is { } found
        && found.GetProperty("data").GetProperty("result") is { } result && result.GetArrayLength() == 1
        && result[0].GetProperty("value")[1].GetString() == "4";

    /// <summary>What it answers; null where it does not yet.</summary>
    private static async Task<JsonElement?> AskAsync(HttpClient http, string url)
    {
        try
        {
            return await http.GetFromJsonAsync<JsonElement>(new Uri(url));
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return null;
        }
    }

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
