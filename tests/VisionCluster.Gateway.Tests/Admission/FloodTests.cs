using System.Collections.Concurrent;
using System.Net;
using VisionCluster.TestKit.Servers;
using Xunit.Abstractions;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>One tenant asks as fast as it can on many connections; another clicks now and then.</summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int Clicks = 10;
    private const string Click = """{"prompts":[{"points":[{"x":150,"y":200}]}]}""";

    [Theory]
    [InlineData]
    [InlineData("Vision:Limits:Tenants:flood:Concurrency=4", "Vision:Limits:Tenants:flood:RequestsPerSecond=50")]
    public async Task Click_WhileAnotherTenantFloods_AlwaysSucceeds(params string[] limits)
    {
        await using var server = await VisionTestServer.StartAsync(
            null,
            [
                "Vision:Models:Load:0=starter-sam",
                "Vision:Authentication:Keys:0:Tenant=flood", $"Vision:Authentication:Keys:0:Sha256={TestKeys.DigestOf("flood")}",
                "Vision:Authentication:Keys:1:Tenant=quiet", $"Vision:Authentication:Keys:1:Sha256={TestKeys.DigestOf("quiet")}", .. limits,
            ]);
        using var quiet = server.ClientOf("quiet");
        using var flood = server.ClientOf("flood");
        var (mine, its) = (await quiet.UploadSampleAsync(), await flood.UploadSampleAsync());
        var flooded = new ConcurrentDictionary<HttpStatusCode, int>();
        using var ended = new CancellationTokenSource();
        var flooding = Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                using var answer = i % 4 == 0
                    ? await flood.UploadAsync("no picture"u8.ToArray())
                    : await flood.PostTextAsync($"/v1/images/{its}/segment", Click);
                flooded.AddOrUpdate(answer.StatusCode, 1, static (_, count) => count + 1);
            }
        })).ToArray();
        var answers = new List<HttpStatusCode>();
        while (answers.Count < Clicks)
        {
            using var answer = await quiet.PostTextAsync($"/v1/images/{mine}/segment", Click);
            answers.Add(answer.StatusCode);
        }

        await ended.CancelAsync();
        await Task.WhenAll(flooding);
        output.WriteLine($"flood: {string.Join(", ", flooded.Select(entry => $"{entry.Value} of {(int)entry.Key}"))}");
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.InRange(flooded.Values.Sum(), Clicks, int.MaxValue);
        Assert.Equal(limits.Length > 0, flooded.ContainsKey(HttpStatusCode.TooManyRequests));
    }
}
