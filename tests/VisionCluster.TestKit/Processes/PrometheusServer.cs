using System.Diagnostics;
using System.Text.Json;

namespace VisionCluster.TestKit.Processes;

/// <summary>A real prometheus.</summary>
public sealed class PrometheusServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http;
    private readonly Process _process;
    private readonly Task<string> _log;

    private PrometheusServer(Func<TemporaryFolder, string> configure)
    {
        var port = FreePort.Next();
        var configuration = Path.Combine(_folder.Path, "prometheus.yml");
        File.WriteAllText(configuration, configure(_folder));
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _process = Process.Start(new ProcessStartInfo("prometheus")
        {
            ArgumentList =
            {
                $"--config.file={configuration}", $"--storage.tsdb.path={_folder.Path}/data", $"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
            },
            RedirectStandardError = true,
        })!;
        _log = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether this machine has one.</summary>
    public static bool IsInstalled { get; } = new[] { "prometheus", "promtool" }.All(program =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))));

    /// <summary>Starts one.</summary>
    /// <param name="configure">Its configuration; may put files beside it.</param>
    public static async Task<PrometheusServer> StartAsync(Func<TemporaryFolder, string> configure)
    {
        var server = new PrometheusServer(configure);
        await Eventually.TrueAsync(server.IsReadyAsync, TimeSpan.FromSeconds(60), "prometheus is ready");
        return server;
    }

    /// <summary>What <c>promtool</c> says.</summary>
    /// <returns>Exit code and all that it wrote.</returns>
    public static async Task<(int Code, string Output)> ToolAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("promtool") { RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    /// <summary>Series and values of a query.</summary>
    /// <exception cref="InvalidOperationException">The query is wrong.</exception>
    public async Task<(string Series, double Value)[]> QueryAsync(string query)
    {
        using var answer = await _http.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        if (json.GetProperty("status").GetString() != "success")
        {
            throw new InvalidOperationException($"{query}: {json.GetProperty("error")}");
        }

        return [.. json.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
            series.GetProperty("metric").GetRawText(),
            double.Parse(series.GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture)))];
    }

    /// <summary>Names of the alerts that fire.</summary>
    public async Task<HashSet<string>> FiringAsync()
    {
        var json = JsonDocument.Parse(await _http.GetStringAsync(new Uri("/api/v1/alerts", UriKind.Relative))).RootElement;
        return [.. json.GetProperty("data").GetProperty("alerts").EnumerateArray()
            .Where(alert => alert.GetProperty("state").GetString() == "firing")
            .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _log.Wait(TimeSpan.FromSeconds(5));
        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"prometheus ended: {await _log}");
        }

        try
        {
            using var answer = await _http.GetAsync(new Uri("/-/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return false;
        }
    }
}
