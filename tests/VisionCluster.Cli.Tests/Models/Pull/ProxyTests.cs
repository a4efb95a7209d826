using VisionCluster.Cli.Models.Pull;

namespace VisionCluster.Cli.Tests.Models.Pull;

/// <summary>Pulling where the way out leads over a proxy, in a process of its own: proxies are read from its environment.</summary>
public sealed class ProxyTests
{
    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("http_proxy")]
    public async Task Pull_HttpHubBehindAProxy_AsksTheProxyForTheWholeAddress(string variable)
    {
        using var folder = new TemporaryFolder();
        await using var proxy = new FaultyHub(request => HubAnswer.Of(new byte[64], request));

        var run = await PullAsync(folder, "http://hub.invalid", null, (variable, proxy.Url.ToString()));

        Assert.True(run.Code == 0, run.Errors);
        Assert.Equal("http://hub.invalid/me/mine/resolve/main/d.onnx", Assert.Single(proxy.Requests).Path);
        Assert.Equal(64, new FileInfo(folder["models/mine/d.onnx"]).Length);
    }

    [Fact]
    public async Task Pull_HttpsHubBehindAProxy_AsksTheProxyForATunnel()
    {
        using var folder = new TemporaryFolder();
        var asked = new TaskCompletionSource();
        await using var proxy = new FaultyHub(_ =>
        {
            asked.TrySetResult();
            return new HubAnswer(403, default, ("Content-Length", "0"));
        });

        // It would try for half a minute; one question tells all.
        await PullAsync(folder, "https://hub.invalid", asked.Task, ("HTTPS_PROXY", proxy.Url.ToString()));

        Assert.All(proxy.Requests, request => Assert.Equal("hub.invalid:443", request.Path));
        Assert.NotEmpty(proxy.Requests);
    }

    [Fact]
    public async Task Pull_HubThatNeedsNoProxy_IsAskedItself()
    {
        using var folder = new TemporaryFolder();
        await using var hub = new FaultyHub(request => HubAnswer.Of(new byte[64], request));
        await using var proxy = new FaultyHub(_ => new HubAnswer(500, default, ("Content-Length", "0")));

        var run = await PullAsync(
            folder, hub.Url.ToString(), null, ("HTTP_PROXY", proxy.Url.ToString()), ("NO_PROXY", "127.0.0.1"));

        Assert.True(run.Code == 0, run.Errors);
        Assert.Single(hub.Requests);
        Assert.Empty(proxy.Requests);
    }

    private static async Task<(int Code, string Errors)> PullAsync(
        TemporaryFolder folder, string hub, Task? enough, params (string Name, string Value)[] environment)
    {
        await File.WriteAllTextAsync(
            folder["own.json"], """[{"name":"mine","repository":"me/mine","files":[{"role":"detector","path":"d.onnx"}],"manifest":null}]""");
        var start = new System.Diagnostics.ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(HubOptions).Assembly.Location, "models", "pull", "mine", "--table", folder["own.json"], "--to", folder["models"] },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in (string[])["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "HF_TOKEN"])
        {
            start.Environment.Remove(name);
        }

        start.Environment["HF_ENDPOINT"] = hub;
        Array.ForEach(environment, pair => start.Environment[pair.Name] = pair.Value);
        using var process = System.Diagnostics.Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var ended = process.WaitForExitAsync(limit.Token);
            await await Task.WhenAny(ended, enough ?? ended);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        await output;
        return (process.ExitCode, await errors);
    }
}
