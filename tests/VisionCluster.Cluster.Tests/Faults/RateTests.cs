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

    /// <summary>A second of the rate: a machine that stands still for less loses no permits.</summary>
    private const int Burst = PerSecond;

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    [RedisFact]
    public async Task Rate_AskedAtThreeGateways_HoldsForTheCluster()
    {
        using var model = new TinySam();
        using var cluster = await TestCluster.StartAsync(
            3, [.. model.Settings, $"Vision:Limits:Default:RequestsPerSecond={PerSecond}", $"Vision:Limits:Default:Burst={Burst}"]);
        var (saved, first) = await AskAsync(cluster.Servers);
        var (uneven, second) = await AskAsync([cluster.Servers[0], cluster.Servers[0], cluster.Servers[0], cluster.Servers[1]]);
        var (mayFirst, maySecond) = (Burst + (PerSecond * first), PerSecond * second);
        output.WriteLine($"{saved} of {mayFirst:0} with what was saved up, then {uneven} of {maySecond:0}");
        Assert.InRange(saved, mayFirst * 0.9, mayFirst * 1.1);
        Assert.InRange(uneven, maySecond * 0.9, maySecond * 1.1);
    }

    /// <summary>How many requests were let in, and in how many seconds.</summary>
    private static async Task<(int LetIn, double Seconds)> AskAsync(IReadOnlyCollection<ServerProcess> gateways)
    {
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(gateways.Select(async gateway =>
        {
            using var http = new HttpClient { BaseAddress = gateway.Url };
            while (Stopwatch.GetElapsedTime(started) < Measured)
            {
                using var answer = await http.GetAsync(new Uri("/v1/models", UriKind.Relative));
                answers.AddOrUpdate(answer.StatusCode, 1, static (_, count) => count + 1);
            }
        }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers.Keys.Order());
        return (answers[HttpStatusCode.OK], Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
