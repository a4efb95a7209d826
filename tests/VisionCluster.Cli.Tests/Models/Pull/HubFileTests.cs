using System.Security.Cryptography;
using System.Text;
using VisionCluster.Cli.Commands;
using VisionCluster.Cli.Models.Pull;

namespace VisionCluster.Cli.Tests.Models.Pull;

/// <summary>Against a hub that drops connections, lies about length and serves what was not promised.</summary>
public sealed class HubFileTests : IDisposable
{
    private const string FilePath = "owner/name/resolve/main/onnx/graph.onnx";
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(200_000);
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    private string Target => _folder["graph.onnx"];

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Fetch_WholeFile_StandsAtItsPlaceAndProgressEndsAtItsLength()
    {
        await using var hub = new FaultyHub(request => HubAnswer.Of(Content, request, null, ("ETag", $"\"{Sha256}\"")));
        var last = (Have: 0L, Total: (long?)0);
        await FetchAsync(hub, progress: (have, total) => last = (have, total));
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal((Content.Length, Content.Length), last);
        Assert.False(File.Exists(Target + ".part"));
    }

    [Fact]
    public async Task Fetch_ConnectionDropsTwice_GoesOnWhereItStopped()
    {
        await using var hub = new FaultyHub(request => HubAnswer.Of(Content, request, request.From is > 100_000 ? null : 70_000));
        await FetchAsync(hub, sha256: Sha256);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal([null, 70_000, 140_000], hub.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task Fetch_InterruptedProcess_GoesOnAtTheNextStart()
    {
        await File.WriteAllBytesAsync(Target + ".part", Content[..123_456]);
        await using var hub = new FaultyHub(request => HubAnswer.Of(Content, request));
        await FetchAsync(hub, sha256: Sha256);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal(123_456, Assert.Single(hub.Requests).From);
    }

    [Fact]
    public async Task Fetch_KeptPartIsOfAnotherFile_BeginsAgainOnce()
    {
        await File.WriteAllBytesAsync(Target + ".part", new byte[5000]);
        await using var hub = new FaultyHub(request => HubAnswer.Of(Content, request));
        await FetchAsync(hub, sha256: Sha256);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal([5000, null], hub.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task Fetch_ServerThatKnowsNoRanges_BeginsAgain()
    {
        await File.WriteAllBytesAsync(Target + ".part", new byte[5000]);
        await using var hub = new FaultyHub(request => HubAnswer.Of(Content, request with { From = null }));
        await FetchAsync(hub, sha256: Sha256);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
    }

    [Fact]
    public async Task Fetch_NeverMoreThanTheSameBytes_GivesUpAndKeepsThem()
    {
        await using var hub = new FaultyHub(request => HubAnswer.Of(Content, request, request.From is null ? 1000 : 0));
        var error = await Assert.ThrowsAsync<CommandException>(() => FetchAsync(hub, sha256: Sha256));
        Assert.Contains("goes on", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(Target + ".part").Length);
        Assert.False(File.Exists(Target));
        Assert.InRange(hub.Requests.Count, 3, 6);
    }

    [Fact]
    public async Task Fetch_LengthTooSmall_IsFoundOutByWhatTheHubSaidBefore()
    {
        await using var hub = new FaultyHub(_ => new HubAnswer(
            200, Content, ("Content-Length", "1000"), ("X-Linked-Size", "200000")));
        var error = await Assert.ThrowsAsync<CommandException>(() => FetchAsync(hub));
        Assert.Contains("1,000 bytes, not 200,000", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task Fetch_MoreThanWasPromised_IsCutOff()
    {
        await using var hub = new FaultyHub(_ => new HubAnswer(200, Content, ("X-Linked-Size", "1000")));
        var error = await Assert.ThrowsAsync<CommandException>(() => FetchAsync(hub));
        Assert.Contains("1,000", error.Message, StringComparison.Ordinal);
        Assert.True(new FileInfo(Target + ".part").Length <= 1000);
    }

    [Fact]
    public async Task Fetch_WrongChecksum_IsRefusedAndNothingIsLeft()
    {
        var other = (byte[])Content.Clone();
        other[77] ^= 1;
        await using var hub = new FaultyHub(request => HubAnswer.Of(other, request, null, ("X-Linked-Etag", $"\"{Sha256}\"")));
        var error = await Assert.ThrowsAsync<CommandException>(() => FetchAsync(hub));
        Assert.Contains("checksum", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Fetch_GitsNameOfASmallFile_IsChecked()
    {
        byte[] text = Encoding.ASCII.GetBytes("hello world\n");
        await using var right = new FaultyHub(request => HubAnswer.Of(text, request, null, ("ETag", "\"3b18e512dba79e4c8300dd08aeb37f8e728b8dad\"")));
        await FetchAsync(right);
        File.Delete(Target);
        await using var wrong = new FaultyHub(request => HubAnswer.Of(text, request, null, ("ETag", "\"3b18e512dba79e4c8300dd08aeb37f8e728b8dae\"")));
        await Assert.ThrowsAsync<CommandException>(() => FetchAsync(wrong));
    }

    [Fact]
    public async Task Fetch_RedirectionToAnotherHost_IsFollowedWithoutTheToken()
    {
        await using var storage = new FaultyHub(request => HubAnswer.Of(Content, request));
        await using var hub = new FaultyHub(_ => new HubAnswer(
            302, default, ("Location", $"{storage.Url}blob?x=1"), ("X-Linked-Etag", $"\"{Sha256}\""), ("X-Linked-Size", "200000"), ("Content-Length", "0")));
        await FetchAsync(hub, token: "secret");
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal("Bearer secret", Assert.Single(hub.Requests).Authorization);
        var stored = Assert.Single(storage.Requests);
        Assert.Equal(("/blob?x=1", null), (stored.Path, stored.Authorization));
    }

    [Theory]
    [InlineData(401, "HF_TOKEN")]
    [InlineData(404, "has no")]
    public async Task Fetch_Refusal_IsNotTriedAgain(int status, string said)
    {
        await using var hub = new FaultyHub(_ => new HubAnswer(status, default, ("Content-Length", "0")));
        var error = await Assert.ThrowsAsync<CommandException>(() => FetchAsync(hub));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Fetch_BusyServer_IsTriedAgain()
    {
        var calls = 0;
        await using var hub = new FaultyHub(request => ++calls < 3
            ? new HubAnswer(503, default, ("Content-Length", "0"))
            : HubAnswer.Of(Content, request));
        await FetchAsync(hub, sha256: Sha256);
        Assert.Equal(3, hub.Requests.Count);
    }

    private Task FetchAsync(FaultyHub hub, string? sha256 = null, string? token = null, Action<long, long?>? progress = null)
    {
        var options = new HubOptions(hub.Url, token) { Attempts = 4, Pause = TimeSpan.FromMilliseconds(1), Silence = TimeSpan.FromSeconds(10) };
        return new HubFile(_http, options, TimeProvider.System).FetchAsync(FilePath, Target, sha256, progress ?? ((_, _) => { }), default);
    }
}
