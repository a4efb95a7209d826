using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>A server as a process of its own with one warm session, and what a click costs it.</summary>
internal sealed class ClickedServer : IDisposable
{
    private const int Callers = 4;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly HttpClient _http;
    private string _id = "";

    private ClickedServer(IEnumerable<string> settings, IReadOnlyDictionary<string, string> environment)
    {
        var port = FreePort.Next();
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "VisionCluster.Server.dll"), $"--urls=http://127.0.0.1:{port}", "--Logging:LogLevel:Default=Warning",
            },
        };
        foreach (var setting in settings)
        {
            start.ArgumentList.Add($"--{setting}");
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public static async Task<ClickedServer> StartAsync(IEnumerable<string> settings, IReadOnlyDictionary<string, string> environment)
    {
        var server = new ClickedServer(settings, environment);
        await Eventually.TrueAsync(server.IsReadyAsync, StartLimit, "the server is ready");
        using var body = new ByteArrayContent(Sample.Load("held-twemoji-1").Bytes);
        using var answer = await server._http.PostAsync(new Uri("/v1/images?warm=sam", UriKind.Relative), body);
        server._id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        return server;
    }

    /// <summary>Milliseconds of the server's processor time a click, while four callers click for so long.</summary>
    public async Task<double> CostAsync(TimeSpan window)
    {
        _process.Refresh();
        var before = _process.TotalProcessorTime;
        using var stop = new CancellationTokenSource(window);
        var clicks = 0;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await _http.PostAsync(
                    new Uri($"/v1/images/{_id}/segment", UriKind.Relative),
                    new StringContent("""{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false}""", Encoding.UTF8, "application/json"));
                answer.EnsureSuccessStatusCode();
                Interlocked.Increment(ref clicks);
            }
        }));
        _process.Refresh();
        return (_process.TotalProcessorTime - before).TotalMilliseconds / clicks;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _http.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return false;
        }
    }
}
