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

    private const int Rounds = 5;

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    /// <summary>So long without a refusal, servers or those who ask had no time: permits that nobody asked for are lost.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(Burst / (double)PerSecond / 2);

    [RedisFact]
    public async Task Rate_AskedAtThreeGateways_HoldsForTheCluster()
    {
        using var model = new TinySam();
        using var cluster = await TestCluster.StartAsync(
            3, [.. model.Settings, $"Vision:Limits:Default:RequestsPerSecond={PerSecond}", $"Vision:Limits:Default:Burst={Burst}"]);
        for (var round = 1; ; round++)
        {
            var first = await AskAsync(cluster.Servers);
            var second = await AskAsync([cluster.Servers[0], cluster.Servers[0], cluster.Servers[0], cluster.Servers[1]]);
            var (mayFirst, maySecond) = (Burst + (PerSecond * first.Seconds), PerSecond * second.Seconds);
            var silence = first.Silence > second.Silence ? first.Silence : second.Silence;
            output.WriteLine(
                $"{first.LetIn} of {mayFirst:0} with what was saved up, then {second.LetIn} of {maySecond:0}; at most {silence.TotalMilliseconds:0} ms without a refusal");
            if (silence < Silence || round == Rounds)
            {
                Assert.InRange(first.LetIn, mayFirst * 0.9, mayFirst * 1.1);
                Assert.InRange(second.LetIn, maySecond * 0.9, maySecond * 1.1);
                return;
            }

            // The machine stood still: what is saved up is full again after a second.
            await RealTime.PassAsync(TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>
    /// How many requests were let in, in how many seconds, and the longest time without a refusal; as long as there is
    /// something saved up, without any answer.
    /// </summary>
    private static async Task<(int LetIn, double Seconds, TimeSpan Silence)> AskAsync(IReadOnlyCollection<ServerProcess> gateways)
    {
        var answers = new ConcurrentDictionary<HttpStatusCode, int>();
        var times = new ConcurrentBag<(long At, bool IsRefusal)>();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(gateways.Select(async gateway =>
        {
            using var http = new HttpClient { BaseAddress = gateway.Url };
            while (Stopwatch.GetElapsedTime(started) < Measured)
            {
                using var answer = await http.GetAsync(new Uri("/v1/models", UriKind.Relative));
                answers.AddOrUpdate(answer.StatusCode, 1, static (_, count) => count + 1);
                times.Add((Stopwatch.GetTimestamp(), answer.StatusCode == HttpStatusCode.TooManyRequests));
            }
        }));
        var ended = Stopwatch.GetTimestamp();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], answers.Keys.Order());
        var firstRefusal = times.Where(static time => time.IsRefusal).Min(static time => time.At);
        long[] heard = [started, .. times.Where(time => time.IsRefusal || time.At < firstRefusal).Select(static time => time.At).Order(), ended];
        var silence = heard.Zip(heard.Skip(1), Stopwatch.GetElapsedTime).Max();
        return (answers[HttpStatusCode.OK], Stopwatch.GetElapsedTime(started, ended).TotalSeconds, silence);
    }
}
