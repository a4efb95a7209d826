using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>
/// What metrics, and recording every trace, cost: clicks on a warm session by several callers, in turns against a server
/// as it is and one whose OpenTelemetry is switched off. Both are processes of their own: instruments belong to a process.
/// Compared is the servers' processor time a click, whose inverse is the throughput of a busy server: the clock's time varies
/// by far more than what is looked for.
/// </summary>
internal sealed class TelemetryOverhead : IBenchmark
{
    private const int Callers = 4;
    private const int Pairs = 12;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    public string Name => "clicks a second of processor time, with metrics and every trace / with neither";

    public string Bar => ">= 0.97";

    public async Task<Figure> RunAsync()
    {
        using var with = await Clicked.StartAsync(telemetry: true);
        using var without = await Clicked.StartAsync(telemetry: false);
        var (ratios, costs) = (new List<double>(), new List<double>());
        for (var pair = -1; pair < Pairs; pair++)
        {
            // Who goes first changes, so that a drift of the machine favours neither.
            var first = await (pair % 2 == 0 ? with : without).CostAsync();
            var second = await (pair % 2 == 0 ? without : with).CostAsync();
            if (pair >= 0)
            {
                ratios.Add(pair % 2 == 0 ? second / first : first / second);
                costs.Add(pair % 2 == 0 ? first : second);
            }
        }

        return Figure.Of(ratios, "x", static median => median >= 0.97, $"{costs.Average():0.00} ms of processor time a click");
    }

    /// <summary>A server with one warm session.</summary>
    private sealed class Clicked : IDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _http;
        private string _id = "";

        private Clicked(bool telemetry)
        {
            var port = FreePort.Next();
            _process = Process.Start(new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    Path.Combine(AppContext.BaseDirectory, "VisionCluster.Server.dll"), $"--urls=http://127.0.0.1:{port}",
                    "--Logging:LogLevel:Default=Warning", "--Vision:Models:Load:0=starter-sam",
                },
                Environment = { ["OTEL_SDK_DISABLED"] = telemetry ? "false" : "true" },
            })!;
            _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        }

        public static async Task<Clicked> StartAsync(bool telemetry)
        {
            var server = new Clicked(telemetry);
            await Eventually.TrueAsync(server.IsReadyAsync, StartLimit, "the server is ready");
            using var body = new ByteArrayContent(Sample.Load("held-twemoji-1").Bytes);
            using var answer = await server._http.PostAsync(new Uri("/v1/images?warm=sam", UriKind.Relative), body);
            server._id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
            return server;
        }

        /// <summary>Milliseconds of the server's processor time a click.</summary>
        public async Task<double> CostAsync()
        {
            _process.Refresh();
            var before = _process.TotalProcessorTime;
            using var stop = new CancellationTokenSource(Window);
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
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
