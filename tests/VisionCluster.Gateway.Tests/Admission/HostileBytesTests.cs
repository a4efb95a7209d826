using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Servers;
using Xunit.Abstractions;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>
/// Pictures and requests that are broken at random, from a seed. The whole number of requests runs where
/// <c>VISIONCLUSTER_FULL_FAULTS=1</c>; a tenth of it otherwise.
/// </summary>
[Collection(Undisturbed.Name)]
public sealed class HostileBytesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Seed = 20261127;
    private const int Pictures = 10_000;
    private const int Callers = 4;
    private const int Tries = 3;

    /// <summary>What the process may grow by in the second half: the first makes code and fills caches.</summary>
    private const long Growth = 64L << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private static readonly int Requests = Environment.GetEnvironmentVariable("VISIONCLUSTER_FULL_FAULTS") == "1" ? 100_000 : 10_000;

    private readonly ConcurrentDictionary<int, int> _answers = new();
    private long _slowest;
    private VisionTestServer? _server;

    private VisionTestServer Server => _server!;

    // A small store: what is taken in does not count as growth.
    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        null, "Vision:Models:Load:0=starter-sam", $"Vision:ImageStore:BudgetBytes={8 << 20}");

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task Upload_TenThousandMutatedPictures_NoneCrashesOrSlowsTheServer()
    {
        byte[][] originals =
        [
            TestPictures.Jpeg(48, 32), TestPictures.Png(48, 32), TestPictures.Bmp(20, 20), TestPictures.Gif(3),
            .. TestPictures.OtherFormats(48, 32),
        ];
        await RunAsync(Pictures, async (random, i) =>
        {
            using var content = new ByteArrayContent(Mutate(random, originals[i % originals.Length]));
            using var answer = await Server.Http.PostAsync("/v1/images", content);
            return (int)answer.StatusCode;
        });

        // The control: the pictures as they were are taken in.
        foreach (var original in originals)
        {
            using var content = new ByteArrayContent(original);
            using var answer = await Server.Http.PostAsync("/v1/images", content);
            Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task AnyCall_MalformedHttp_NoneCrashesOrSlowsTheServer()
    {
        var id = await Server.Http.UploadSampleAsync();
        string[] originals =
        [
            "GET /v1/models HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n",
            Post($"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":150,"y":200,"label":1}],"box":[1,2,300,400]}],"multimask":true}"""),
            Post($"/v1/images/{id}/everything", """{"pointsPerSide":1,"cropNLayers":0}"""),
            Post("/v1/label-sets/a", """{"labels":["a","b"],"templates":"none"}"""),
            Post("/v1/search", """{"text":"a","topK":3}"""),
            Post("/v1/images", "BM1234567890"),
            $"DELETE /v1/images/{id[..30]}00 HTTP/1.1\r\nHost: a\r\nVision-Lane: bulk\r\nVision-Timeout-Ms: 5\r\n\r\n",
        ];
        var bytes = Array.ConvertAll(originals, Encoding.ASCII.GetBytes);
        await RunAsync(Requests, (random, i) => SendAsync(Mutate(random, bytes[i % bytes.Length])));
        await Server.Http.GetAsync("/v1/models").ExpectAsync(HttpStatusCode.OK);
    }

    /// <summary>Headers that promise far more than there is, or far more than anybody may ask to decode.</summary>
    [Fact]
    public async Task Upload_Bombs_AreRefusedAtOnceWithoutTheirMemory()
    {
        (string Name, byte[] Bytes)[] bombs =
        [
            ("50,000 squared", TestPictures.PngHeader(50_000, 50_000)),
            ("1 by 500,000,000", TestPictures.PngHeader(1, 500_000_000)),
            ("500,000,000 by 1", TestPictures.PngHeader(500_000_000, 1)),
            ("10,000 frames of 8,000 squared", TestPictures.Gif(10_000, 8_000)),
            ("gzip in gzip", TestPictures.NestedGzip()),
        ];
        using (var warm = new ByteArrayContent(TestPictures.PngHeader(40_000, 40_000)))
        {
            await Server.Http.PostAsync("/v1/images", warm);
        }

        foreach (var (name, bytes) in bombs)
        {
            var (before, started) = (PeakOf(), Stopwatch.GetTimestamp());
            using var content = new ByteArrayContent(bytes);
            using var answer = await Server.Http.PostAsync("/v1/images", content);
            var (took, grown) = (Stopwatch.GetElapsedTime(started), PeakOf() - before);
            output.WriteLine($"{name}: {(int)answer.StatusCode} after {took.TotalMilliseconds:0} ms, {grown >> 20} MiB more at the peak");
            Assert.InRange((int)answer.StatusCode, 400, 499);
            Assert.InRange(grown, 0, 64L << 20);
        }
    }

    private static string Post(string path, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>Some bytes changed, a part taken out, doubled or moved, or the end cut off.</summary>
    private static byte[] Mutate(Random random, byte[] original)
    {
        var bytes = original.ToList();
        for (var changes = random.Next(1, 6); changes > 0 && bytes.Count > 4; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 32), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes[at] = (byte)(random.Next(2) == 0 ? 0 : 255);
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    private static long PeakOf()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private async Task RunAsync(int count, Func<Random, int, Task<int>> send)
    {
        await SendAllAsync(Enumerable.Range(0, count / 2), send);
        var before = Resident();
        await SendAllAsync(Enumerable.Range(count / 2, count / 2), send);
        var grown = Resident() - before;
        output.WriteLine($"{string.Join(", ", _answers.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}"))}; slowest {TimeSpan.FromTicks(_slowest).TotalMilliseconds:0} ms; {grown >> 20} MiB more");

        // 505 is what a broken version of HTTP is answered with (RFC 9110, 15.6.6).
        Assert.DoesNotContain(_answers.Keys, status => status is >= 500 and not 505);
        Assert.InRange(TimeSpan.FromTicks(_slowest), TimeSpan.Zero, Longest);
        Assert.InRange(grown, long.MinValue, Growth);
    }

    private Task SendAllAsync(IEnumerable<int> numbers, Func<Random, int, Task<int>> send) =>
        Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, _) =>
        {
            var took = long.MaxValue;

            // What is slow by its bytes is slow again; what the machine gave no time is not.
            for (var tries = 0; took > Longest.Ticks && tries < Tries; tries++)
            {
                var started = Stopwatch.GetTimestamp();
                var answer = await send(new Random(unchecked(Seed + (i * 7919))), i);
                took = Math.Min(took, Stopwatch.GetElapsedTime(started).Ticks);
                _answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
            }

            for (var slowest = Volatile.Read(ref _slowest); took > slowest; slowest = Volatile.Read(ref _slowest))
            {
                Interlocked.CompareExchange(ref _slowest, took, slowest);
            }
        });

    private static long Resident()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        NativeHeap.Trim();
        return Environment.WorkingSet;
    }

    /// <summary>The status; 0 where the connection was closed without one, or the request still waits for its end.</summary>
    private async Task<int> SendAsync(byte[] request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Server.Url.Port);
        var stream = socket.GetStream();
        var read = new byte[16];
        try
        {
            await stream.WriteAsync(request);
            socket.Client.Shutdown(SocketShutdown.Send);
            await stream.ReadAtLeastAsync(read, 12, throwOnEndOfStream: false);
        }
        catch (IOException)
        {
            // It was closed on us, as it may be.
        }

        return int.TryParse(Encoding.ASCII.GetString(read, 9, 3), out var status) ? status : 0;
    }
}
