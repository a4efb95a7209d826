using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Tests.Admission;
using VisionCluster.TestKit.Servers;
using Xunit.Abstractions;

namespace VisionCluster.Gateway.Tests.Authentication;

/// <summary>
/// A tenant asks for what another has, in every way there is: 100,000 times where <c>VISIONCLUSTER_FULL_FAULTS=1</c>, 1,000
/// times otherwise. What it is answered was written down before the other had it.
/// </summary>
public sealed class CrossTenantTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Callers = 4;

    /// <summary>What an activation that just found out that it is nobody's, and is on its way out, is answered with: come again, as it says.</summary>
    private const string Busy = nameof(VisionErrorCode.ModelUnavailable);

    /// <summary>One trace for all: then even the trace's id in the answers is the same.</summary>
    private const string Trace = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00";

    private static readonly int Tries = Environment.GetEnvironmentVariable("VISIONCLUSTER_FULL_FAULTS") == "1" ? 100_000 : 1_000;
    private static readonly string[] TaskGrains = ["IImageSessionGrain", "IModelHostGrain", "ILabelSetGrain"];

    private readonly GrainCallLog _calls = new();
    private VisionTestServer? _server;

    private VisionTestServer Server => _server!;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        builder => builder.Services.AddSingleton<IIncomingGrainCallFilter>(_calls),
        "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={TestKeys.DigestOf("red")}",
        "Vision:Authentication:Keys:1:Tenant=blue", $"Vision:Authentication:Keys:1:Sha256={TestKeys.DigestOf("blue")}");

    public async Task DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task AnyCall_AnotherTenantsIds_GetsNotOneByteThatAnUnknownIdWouldNot()
    {
        using var red = Server.ClientOf("red");
        using var blue = Server.ClientOf("blue");
        var pictures = Enumerable.Range(0, 8).Select(i => TestPictures.Bmp(40 + i, 40)).ToArray();
        var asks = pictures.Select(bytes => Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]).SelectMany(Asks).ToArray();
        var unknown = new Answer[asks.Length];
        var unknownCalls = new string[asks.Length];
        for (var i = 0; i < asks.Length; i++)
        {
            (unknown[i], unknownCalls[i]) = await CountedAsync(blue, asks[i]);
        }

        foreach (var picture in pictures)
        {
            (await red.UploadAsync(picture, "image/bmp")).EnsureSuccessStatusCode();
        }

        (await red.PutAsJsonAsync("/v1/label-sets/secret", new { labels = new[] { "a" } })).EnsureSuccessStatusCode();

        // The same work is done for both, so time tells nothing either.
        for (var i = 0; i < asks.Length; i++)
        {
            var (answer, calls) = await CountedAsync(blue, asks[i]);
            Assert.Equal(unknown[i], answer);
            Assert.Equal(unknownCalls[i], calls);
        }

        var (tries, busy, foreign, absent) = (0, 0, new ConcurrentBag<double>(), new ConcurrentBag<double>());
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (int i; (i = Interlocked.Increment(ref tries)) <= Tries;)
            {
                // Neighbours ask for different images.
                var ask = (int)(i * 37L % asks.Length);
                var started = Stopwatch.GetTimestamp();
                var answer = await SendAsync(blue, asks[ask]);
                while (answer.Body.Contains(Busy, StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref busy);
                    answer = await SendAsync(blue, asks[ask]);
                }

                Assert.True(unknown[ask] == answer, $"{asks[ask]}: {answer} instead of {unknown[ask]}");
                foreign.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
                if (i % 10 == 0)
                {
                    var other = asks[ask] with { Path = Absent(asks[ask].Path, i), Json = Absent(asks[ask].Json, i) };
                    started = Stopwatch.GetTimestamp();
                    await SendAsync(blue, other);
                    absent.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
                }
            }
        }));
        output.WriteLine($"{Tries} tries, all answered as before, {busy} after being told to come again; median {Median(foreign):0} us, of ids that nobody has {Median(absent):0} us");

        // The control: the owner gets other answers.
        foreach (var ask in asks.Where(ask => ask.Method != "DELETE"))
        {
            Assert.NotEqual(unknown[Array.IndexOf(asks, ask)], await SendAsync(red, ask));
        }
    }

    private static IEnumerable<Ask> Asks(string id) =>
    [
        new("GET", $"/v1/images/{id}"), new("GET", $"/v1/images/{id}/content"), new("DELETE", $"/v1/images/{id}"),
        new("GET", $"/v1/images/{id}/embeddings/clip"), new("GET", $"/v1/images/{id}/embeddings/sam"),
        new("POST", $"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":1,"y":1}]}],"output":{"format":"none"}}"""),
        new("POST", $"/v1/images/{id}/segment", """{"prompts":[{"maskId":"00000000000000000000000000000000","points":[{"x":1,"y":1}]}]}"""),
        new("POST", $"/v1/images/{id}/everything", """{"pointsPerSide":1}"""),
        new("POST", $"/v1/images/{id}/classify", """{"labels":["a"]}"""), new("POST", $"/v1/images/{id}/detect", """{"labels":["a"]}"""),
        new("POST", $"/v1/images/{id}/regions", """{"boxes":[[1,1,9,9]]}"""),
        new("POST", "/v1/images:batch?warm=clip", $$"""{"ids":["{{id}}"]}"""),
        new("POST", "/v1/embeddings", $$"""{"input":[{"image":"{{id}}"}]}"""), new("POST", "/v1/search", $$"""{"image":"{{id}}"}"""),
        new("GET", "/v1/label-sets/secret"), new("DELETE", "/v1/label-sets/secret"),
    ];

    private static string Absent(string text, int i) => text.Length == 0 ? text : System.Text.RegularExpressions.Regex.Replace(
        text, "[0-9a-f]{32}", $"{i:x32}").Replace("secret", $"absent-{i}", StringComparison.Ordinal);

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is { Length: > 0 } sorted ? sorted[sorted.Length / 2] : 0;

    private static async Task<Answer> SendAsync(HttpClient client, Ask ask)
    {
        using var request = new HttpRequestMessage(new HttpMethod(ask.Method), new Uri(ask.Path, UriKind.Relative));
        request.Headers.Add("traceparent", Trace);
        if (ask.Json.Length > 0)
        {
            request.Content = new StringContent(ask.Json, Encoding.UTF8, "application/json");
        }

        using var answer = await client.SendAsync(request);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(static header => header.Key is not ("Date" or "traceparent"))
            .Select(static header => $"{header.Key}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal);
        return new Answer((int)answer.StatusCode, string.Join('\n', headers), await answer.Content.ReadAsStringAsync());
    }

    /// <summary>An answer, and the grain calls that were made for it.</summary>
    private async Task<(Answer Answer, string Calls)> CountedAsync(HttpClient client, Ask ask)
    {
        while (true)
        {
            _calls.Clear();
            var answer = await SendAsync(client, ask);
            if (!answer.Body.Contains(Busy, StringComparison.Ordinal))
            {
                return (answer, string.Join('\n', _calls.Of(TaskGrains)));
            }
        }
    }

    private sealed record Ask(string Method, string Path, string Json = "");

    private sealed record Answer(int Status, string Headers, string Body);

    private sealed class GrainCallLog : IIncomingGrainCallFilter
    {
        private readonly ConcurrentQueue<(string Interface, string Method)> _calls = new();

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (_calls.Count < 1000)
            {
                _calls.Enqueue((context.InterfaceMethod.DeclaringType!.Name, context.InterfaceMethod.Name));
            }

            return context.Invoke();
        }

        public void Clear() => _calls.Clear();

        public IEnumerable<string> Of(string[] interfaces) =>
            _calls.Where(call => interfaces.Contains(call.Interface)).Select(static call => $"{call.Interface}.{call.Method}");
    }
}
