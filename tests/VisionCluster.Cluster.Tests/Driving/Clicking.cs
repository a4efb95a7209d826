using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Cluster.Tests.Driving;

/// <summary>People who click all the time until they are stopped.</summary>
internal sealed class Clicking : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();
    private readonly Task[] _people;

    public Clicking(LoadBalancer balancer, IReadOnlyCollection<string> ids, int people = 4)
    {
        string[] all = [.. ids];
        _people = [.. Enumerable.Range(0, people).Select(person => Task.Run(async () =>
        {
            for (var i = person; !_stop.IsCancellationRequested; i += people)
            {
                var answer = await balancer.ClickAsync(all[i % all.Length]);
                _answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
            }
        }))];
    }

    public int Answered => _answers.Values.Sum();

    public int Failed => _answers.Where(pair => pair.Key != HttpStatusCode.OK).Sum(pair => pair.Value);

    public string Summary => string.Join(", ", _answers.Select(pair => $"{(int)pair.Key}: {pair.Value}"));

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_people);
    }

    /// <summary>Clicks once on every image.</summary>
    public static Task WarmAsync(LoadBalancer balancer, IReadOnlyCollection<string> ids) => Parallel.ForEachAsync(
        ids,
        new ParallelOptions { MaxDegreeOfParallelism = 8 },
        async (id, _) => Assert.Equal(HttpStatusCode.OK, await balancer.ClickAsync(id)));

    /// <summary>After what time each image answered a click again, first to last; everybody tries over and over at once.</summary>
    public static async Task<TimeSpan[]> UntilAllAnswerAsync(LoadBalancer balancer, IReadOnlyCollection<string> ids, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        var answered = new ConcurrentBag<TimeSpan>();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = ids.Count }, async (id, _) =>
        {
            while (await balancer.ClickAsync(id, TimeSpan.FromSeconds(1)) != HttpStatusCode.OK)
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < limit, $"{id} did not answer within {limit.TotalSeconds} s.");
                await RealTime.PassAsync(TimeSpan.FromMilliseconds(20));
            }

            answered.Add(Stopwatch.GetElapsedTime(started));
        });
        return [.. answered.Order()];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
