using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>Bodies that never come: who is refused anyway is told so without them, and without being asked to go on.</summary>
public sealed class EarlyRefusalTests : IAsyncLifetime
{
    private const string Json = "Content-Type: application/json";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private VisionTestServer? _server;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        null,
        "Vision:Models:Load:0=starter-sam",
        "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={TestKeys.DigestOf("red")}",
        "Vision:Authentication:Keys:1:Tenant=slow", $"Vision:Authentication:Keys:1:Sha256={TestKeys.DigestOf("slow")}",
        "Vision:Limits:Tenants:slow:RequestsPerSecond=1", "Vision:Limits:Tenants:slow:Burst=1");

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    [Theory]
    [InlineData("/v1/images", "none", "", 1000, 401)]
    [InlineData("/v1/images", "unknown", "", 1000, 401)]
    [InlineData("/v1/label-sets/a", "none", Json, 1000, 401)]
    [InlineData("/v1/models/starter-sam/load", "red", Json, 1000, 403)]
    [InlineData("/v1/images", "red", Json, 1000, 403)]
    [InlineData("/v1/images", "red", "", 200_000_000, 413)]
    [InlineData("/v1/images:batch", "red", "Content-Type: multipart/form-data; boundary=a", 2_000_000_000, 413)]
    [InlineData("/v1/images:batch", "red", Json, 20_000_000, 413)]
    [InlineData("/v1/embeddings", "red", Json, 20_000_000, 413)]
    [InlineData("/v1/images/0123456789abcdef0123456789abcdef/segment", "red", Json, 20_000_000, 413)]
    [InlineData("/v1/images/0123456789abcdef0123456789abcdef/segment", "red", "Content-Type: text/plain", 1000, 415)]
    [InlineData("/v1/images", "red", "Content-Encoding: zstd", 1000, 415)]
    [InlineData("/v1/images", "red", "Content-Encoding: gzip, gzip", 1000, 415)]
    public async Task AnyCall_ThatIsRefused_IsRefusedBeforeItsBodyIsRead(string path, string key, string header, long length, int status)
    {
        Assert.Equal(status, await AskAsync(path, key, header, length));
        Assert.Equal(status, await AskAsync(path, key, $"{header}\r\nExpect: 100-continue".TrimStart(), length));
    }

    [Fact]
    public async Task AnyCall_AboveTheRate_IsRefusedBeforeItsBodyIsRead()
    {
        var statuses = new List<int>();
        while (statuses.Count < 20 && !statuses.Contains(429))
        {
            using var connection = await SendAsync("/v1/images", "slow", "", 0);
            await connection.StatusAsync().WaitAsync(Limit);
            using var refused = await SendAsync("/v1/images", "slow", "Expect: 100-continue", 1000);
            statuses.Add(await refused.StatusAsync().WaitAsync(Limit));
        }

        Assert.Contains(429, statuses);
    }

    /// <summary>The control: who is let in is asked to go on.</summary>
    [Fact]
    public async Task Upload_ThatIsLetIn_IsAskedForItsBody() => Assert.Equal(100, await AskAsync("/v1/images", "red", "Expect: 100-continue", 1000));

    private async Task<int> AskAsync(string path, string key, string header, long length)
    {
        using var connection = await SendAsync(path, key, header, length);
        return await connection.StatusAsync().WaitAsync(Limit);
    }

    private async Task<RawConnection> SendAsync(string path, string key, string header, long length)
    {
        var connection = await RawConnection.OpenAsync(_server!.Url);
        var method = path.StartsWith("/v1/label-sets", StringComparison.Ordinal) ? "PUT" : "POST";
        var credentials = key == "none" ? "" : $"X-Api-Key: {key}\r\n";
        var more = header.Length == 0 ? "" : header + "\r\n";
        await connection.SendAsync($"{method} {path} HTTP/1.1\r\nHost: a\r\n{credentials}{more}Content-Length: {length}\r\n\r\n");
        return connection;
    }
}
