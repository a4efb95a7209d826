using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Cluster.Tests.Faults;

/// <summary>A tenant asks three gateways as fast as it can.</summary>
public sealed class RateTests(ITestOutputHelper output)
{
    private const int PerSecond = 100;

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    [RedisFact]
    public async Task Rate_AskedAtThreeGateways_HoldsForTheCluster()
    {
        using var model = new TinySam();
        using var cluster = await TestCluster.StartAsync(
            3, [.. model.Settings, $"Vision:Limits:Default:RequestsPerSecond={PerSecond}", "Vision:Limits:Default:Burst=10"]);
        var even = await AskAsync(cluster.Servers);
        var uneven = await AskAsync([cluster.Servers[0], cluster.Servers[0], cluster.Servers[0], cluster.Servers[1]]);
        output.WriteLine($"{even:0.0} and {uneven:0.0} a second of {PerSecond}");
        Assert.InRange(even, PerSecond * 0.9, PerSecond * 1.1);
        Assert.InRange(uneven, PerSecond * 0.9, PerSecond * 1.1);
    }

    /// <summary>How many requests a second were let in, after what was saved up is used.</summary>
    private static async Task<double> AskAsync(IReadOnlyCollection<ServerProcess> gateways)
    {
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var started = Stopwatch.GetTimestamp();
        var warm = TimeSpan.FromSeconds(1);
        await Task.WhenAll(gateways.Select(async gateway =>
        {
            using var http = new HttpClient { BaseAddress = gateway.Url };
            while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < warm + Measured)
            {
                using var answer = await http.GetAsync(new Uri("/v1/models", UriKind.Relative));
                if (elapsed >= warm)
                {
                    answers.AddOrUpdate(answer.StatusCode, 1, static (_, count) => count + 1);
                }
            }
        }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers.Keys.Order());
        return answers[HttpStatusCode.OK] / Measured.TotalSeconds;
    }
}
