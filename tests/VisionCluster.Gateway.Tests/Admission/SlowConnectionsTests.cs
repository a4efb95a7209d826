using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;
using Xunit.Abstractions;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>
/// Headers and bodies that come a byte at a time, on thousands of connections where <c>VISIONCLUSTER_FULL_FAULTS=1</c>; on
/// 200 otherwise.
/// </summary>
[Collection(Undisturbed.Name)]
public sealed class SlowConnectionsTests(ITestOutputHelper output)
{
    private static readonly bool Full = Environment.GetEnvironmentVariable("VISIONCLUSTER_FULL_FAULTS") == "1";
    private static readonly int Slow = Full ? 5_000 : 200;

    /// <summary>What clicks take, and both ends of each connection.</summary>
    private static readonly long Growth = (128L << 20) + (Slow * (128L << 10));

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task AnyCall_BesideSlowConnections_IsServedUntilTheyAreCut()
    {
        await using var server = await VisionTestServer.StartAsync(
            null, "Vision:Models:Load:0=starter-sam", $"Vision:Gateway:HeadersTimeout=00:00:{(Full ? 30 : 3):00}");
        var id = await server.Http.UploadSampleAsync();
        Task<HttpResponseMessage> ClickAsync() =>
            server.Http.PostTextAsync($"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":150,"y":200}]}]}""");

        // What the models' first runs take is not the connections'.
        (await ClickAsync()).Dispose();
        var before = MemoryOf();
        var open = new ConcurrentDictionary<RawConnection, Task>();
        await Parallel.ForAsync(0, Slow, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var connection = await RawConnection.OpenAsync(server.Url);
            await connection.SendAsync(i % 2 == 0
                ? "POST /v1/images HTTP/1.1\r\nHost: a\r\nX-Slow: "
                : "POST /v1/images HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            open[connection] = connection.ClosedAsync();
        });

        var opened = open.Values.Count(static closed => !closed.IsCompleted);
        using var ended = new CancellationTokenSource();
        var dripping = Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                await Task.WhenAll(open.Where(static entry => !entry.Value.IsCompleted).Select(static entry => entry.Key.TrySendAsync((byte)'a')));
                await RealTime.PassAsync(Pace);
            }
        });
        var answers = new ConcurrentBag<HttpStatusCode>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 25; i++)
            {
                using var answer = await ClickAsync();
                answers.Add(answer.StatusCode);
            }
        }));
        var during = MemoryOf();
        var cut = await Eventually.TrueAsync(
            () => Task.FromResult(open.Values.All(static closed => closed.IsCompleted)), Limit, "all slow connections are cut");
        await ended.CancelAsync();
        await dripping;
        foreach (var connection in open.Keys)
        {
            connection.Dispose();
        }

        output.WriteLine(
            $"{opened} of {Slow} slow connections were open when clicks began; {answers.Count} clicks, {(during - before) >> 20} MiB more meanwhile "
            + $"(both ends); all cut {cut.TotalSeconds:0.0} s after the clicks");
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.InRange(during - before, long.MinValue, Growth);
    }

    [Fact]
    public async Task Connection_BeyondTheLimit_IsClosedAndOneThatLeavesMakesRoom()
    {
        await using var server = await VisionTestServer.StartAsync(null, "Vision:Models:Load:0=starter-sam", "Vision:Gateway:MaxConnections=5");
        var open = new List<RawConnection>();
        for (var i = 0; i < 5; i++)
        {
            open.Add(await RawConnection.OpenAsync(server.Url));
            await open[i].SendAsync("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(200, await open[i].StatusAsync());
        }

        using (var refused = await RawConnection.OpenAsync(server.Url))
        {
            await refused.ClosedAsync().WaitAsync(Limit);
        }

        open[0].Dispose();
        await Eventually.TrueAsync(
            async () =>
            {
                using var next = await RawConnection.OpenAsync(server.Url);
                return await next.TrySendAsync((byte)'G') && await next.TrySendAsync((byte)'E') && await StatusAfterAsync(next) == 200;
            },
            Limit,
            "there is room for one");
        open.ForEach(connection => connection.Dispose());
    }

    private static async Task<int> StatusAfterAsync(RawConnection connection)
    {
        try
        {
            await connection.SendAsync("T /v1/models HTTP/1.1\r\nHost: a\r\n\r\n");
            return await connection.StatusAsync();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long MemoryOf()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
