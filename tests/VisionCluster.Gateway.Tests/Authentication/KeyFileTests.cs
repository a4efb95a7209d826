using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Authentication;

/// <summary>Keys that come and go in a file while the server runs.</summary>
public sealed class KeyFileTests : IAsyncLifetime
{
    private static readonly TimeSpan Revoked = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("vision").FullName, "keys.json");
    private VisionTestServer? _server;

    public async Task InitializeAsync()
    {
        Write("old key", "other key");
        _server = await VisionTestServer.StartAsync(null, "Vision:Models:Load:0=starter-sam", $"Vision:Authentication:KeyFile={_path}");
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Fact]
    public async Task KeyFile_Rotated_LetsTheNewKeyInAndTheOldOneOutWithinFiveSeconds()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync("old key"));
        using (var still = new Standstill())
        {
            Write("new key", "other key");
            var took = await Eventually.TrueAsync(async () => await AskAsync("old key") == HttpStatusCode.Unauthorized, Limit, "the old key is refused");

            // Of a machine that gives this process no time, time without it does not count.
            Assert.InRange(took - still.Total, TimeSpan.MinValue, Revoked);
        }

        Assert.Equal(HttpStatusCode.OK, await AskAsync("new key"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync("other key"));

        // Neither a broken file nor an empty one opens the server or locks everybody out.
        foreach (var broken in new[] { "{", "{}", """{"keys":[{"tenant":"no tenant","sha256":"1"}]}""" })
        {
            await File.WriteAllTextAsync(_path, broken);
            await RealTime.PassAsync(TimeSpan.FromSeconds(1.5));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(null));
            Assert.Equal(HttpStatusCode.OK, await AskAsync("new key"));
        }
    }

    private void Write(params string[] keys) => File.WriteAllText(_path, JsonSerializer.Serialize(new
    {
        keys = keys.Select(key => new { tenant = "red", sha256 = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))) }),
    }));

    private async Task<HttpStatusCode> AskAsync(string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var answer = await _server!.Http.SendAsync(request);
        return answer.StatusCode;
    }
}
