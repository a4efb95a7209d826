using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Fetching;
using VisionCluster.TestKit.Processes;
using Xunit.Abstractions;

namespace VisionCluster.Gateway.Tests.Fetching;

public sealed class ImageFetcherTests(ITestOutputHelper output)
{
    private static readonly IPAddress Global = IPAddress.Parse("93.184.215.14");
    private static readonly byte[] Picture = [1, 2, 3];

    private readonly FakeTimeProvider _time = new();

    /// <summary>Everything is allowed that an operator can allow, and names answer as badly as they can.</summary>
    [Fact]
    public async Task Fetch_SsrfForms_NoneConnectsToAnAddressThatIsNotGlobal()
    {
        var forms = SsrfForms.Urls().ToArray();
        string[] all = [.. forms, .. forms.Select((_, i) => $"http://good.example/{i}")];
        output.WriteLine($"{all.Length} forms, half of them behind a redirect");
        Assert.InRange(all.Length, 500, int.MaxValue);
        using var guarded = new CannedNetwork(WorstNames(), head => Answer(head, forms));
        await FetchAllAsync(guarded, GlobalAddress.Is, all);
        Assert.All(guarded.Connected, endpoint => Assert.Equal(Global, endpoint.Address));

        // The controls: redirects were asked for, and without the guard most forms get through.
        Assert.InRange(guarded.Connected.Count, forms.Length, int.MaxValue);
        using var open = new CannedNetwork(WorstNames(), head => Answer(head, forms));
        await FetchAllAsync(open, static _ => true, all);
        var through = open.Connected.Count(endpoint => !endpoint.Address.Equals(Global));
        output.WriteLine($"0 connections of {guarded.Connected.Count} to other addresses; {through} without the guard");
        Assert.InRange(through, 500, int.MaxValue);
    }

    [Fact]
    public async Task Fetch_LoopbackThroughTheRealNetwork_MakesNoConnection()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string[] hosts = ["127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0"];
        string[] urls = Array.ConvertAll(hosts, host => $"http://{host}:{port}/");
        await FetchAllAsync(new SystemNetwork(), GlobalAddress.Is, urls, port);
        Assert.False(listener.Pending());

        // The control.
        var fetching = FetchAllAsync(new SystemNetwork(), static _ => true, urls[..1], port);
        using (await listener.AcceptTcpClientAsync())
        {
            listener.Stop();
        }

        await fetching;
    }

    [Fact]
    public async Task Fetch_AllowedHost_GivesItsBytesAndSendsNothingOfTheCaller()
    {
        using var network = new CannedNetwork(_ => [Global], _ => CannedNetwork.Ok(Picture));
        using var fetcher = Fetcher(network);
        Assert.Equal(Picture, await fetcher.FetchAsync("http://good.example/a.png?b#c", default));
        Assert.Equal(new IPEndPoint(Global, 80), Assert.Single(network.Connected));
        var head = Assert.Single(network.Requests);
        Assert.StartsWith("GET /a.png?b HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Cookie", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Authorization", head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https://other.example/", VisionErrorCode.Forbidden)]
    [InlineData("https://good.example.other/", VisionErrorCode.Forbidden)]
    [InlineData("https://evilgood.example/", VisionErrorCode.Forbidden)]
    [InlineData("https://below.example/", VisionErrorCode.Forbidden)]
    [InlineData("https://good.example:8443/", VisionErrorCode.Forbidden)]
    [InlineData("http://good.example/", VisionErrorCode.Forbidden)]
    [InlineData("https://user@good.example/", VisionErrorCode.InvalidRequest)]
    [InlineData("ftp://good.example/", VisionErrorCode.InvalidRequest)]
    [InlineData("/etc/passwd", VisionErrorCode.InvalidRequest)]
    [InlineData("a.png", VisionErrorCode.InvalidRequest)]
    [InlineData("", VisionErrorCode.InvalidRequest)]
    public async Task Fetch_UrlThatIsNotAllowed_IsRefusedWithoutAConnection(string url, VisionErrorCode code)
    {
        using var network = new CannedNetwork(_ => [Global], _ => CannedNetwork.Ok(Picture));
        using var fetcher = Fetcher(network, new FetchOptions { Hosts = { "good.example", "*.below.example" } });
        Assert.Equal(code, (await Assert.ThrowsAsync<VisionException>(() => fetcher.FetchAsync(url, default))).Code);
        Assert.Empty(network.Connected);
    }

    [Theory]
    [InlineData("https://good.example/")]
    [InlineData("https://GOOD.example./")]
    [InlineData("https://a.b.below.example/")]
    public async Task Fetch_HostOfTheList_IsConnectedTo(string url)
    {
        // It does not speak TLS: what counts is that it was asked.
        using var network = new CannedNetwork(_ => [Global], _ => CannedNetwork.Ok(Picture));
        using var fetcher = Fetcher(network, new FetchOptions { Hosts = { "good.example", "*.below.example" }, Timeout = TimeSpan.FromSeconds(1) });
        var fetching = fetcher.FetchAsync(url, default);
        await Eventually.TrueAsync(() => Task.FromResult(!network.Connected.IsEmpty), TimeSpan.FromSeconds(30), "the host was connected to");
        _time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<VisionException>(() => fetching);
        Assert.Equal(new IPEndPoint(Global, 443), Assert.Single(network.Connected));
    }

    [Fact]
    public async Task Fetch_EndlessRedirects_IsInvalid()
    {
        using var network = new CannedNetwork(_ => [Global], _ => CannedNetwork.Redirect("/again"));
        using var fetcher = Fetcher(network);
        await Assert.ThrowsAsync<VisionException>(() => fetcher.FetchAsync("http://good.example/", default));
        Assert.Equal(4, network.Requests.Count);
    }

    [Fact]
    public async Task Fetch_MoreThanTheLimit_IsTooLargeWhateverWasAnnounced()
    {
        var large = new byte[2000];
        Assert.Equal(VisionErrorCode.ImageTooLarge, await RefusalAsync(new CannedNetwork(_ => [Global], _ => CannedNetwork.Ok(large))));
        byte[] unannounced = [.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. large];
        Assert.Equal(VisionErrorCode.ImageTooLarge, await RefusalAsync(new CannedNetwork(_ => [Global], _ => unannounced)));
    }

    [Fact]
    public async Task Fetch_HostThatDoesNotAnswer_IsGivenUpInTime()
    {
        using var network = new CannedNetwork(_ => [Global], _ => null);
        using var fetcher = Fetcher(network);
        var fetching = fetcher.FetchAsync("http://good.example/", default);
        await Eventually.TrueAsync(() => Task.FromResult(!network.Requests.IsEmpty), TimeSpan.FromSeconds(30), "the host was asked");
        Assert.False(fetching.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(VisionErrorCode.InvalidRequest, (await Assert.ThrowsAsync<VisionException>(() => fetching)).Code);
    }

    [Fact]
    public async Task Fetch_MoreAtOnceThanAllowed_IsOverloaded()
    {
        using var network = new CannedNetwork(_ => [Global], _ => null);
        using var fetcher = Fetcher(network, new FetchOptions { Hosts = { "*" }, AllowHttp = true, Concurrency = 1 });
        using var leaving = new CancellationTokenSource();
        var first = fetcher.FetchAsync("http://good.example/", leaving.Token);
        var refused = await Assert.ThrowsAsync<VisionException>(() => fetcher.FetchAsync("http://good.example/", default));
        Assert.Equal((VisionErrorCode.Overloaded, TimeSpan.FromSeconds(1)), (refused.Code, refused.RetryAfter));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Fetch_UnknownNameOrOtherStatus_IsInvalid()
    {
        Assert.Equal(VisionErrorCode.InvalidRequest, await RefusalAsync(new CannedNetwork(_ => CannedNetwork.Unknown(), _ => null)));
        Assert.Equal(VisionErrorCode.InvalidRequest, await RefusalAsync(
            new CannedNetwork(_ => [Global], _ => "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"u8.ToArray())));
    }

    private static byte[] Answer(string head, string[] forms) =>
        int.TryParse(head.Split(' ')[1].TrimStart('/'), out var form) ? CannedNetwork.Redirect(forms[form]) : CannedNetwork.Ok(Picture);

    private static Func<string, IPAddress[]> WorstNames()
    {
        var asked = 0;
        return host => host switch
        {
            "good.example" => [Global],
            SsrfForms.Mixed => [Global, IPAddress.Parse("10.0.0.1")],
            SsrfForms.Rebinding => [asked++ % 2 == 0 ? Global : IPAddress.Loopback],
            _ => [IPAddress.Loopback],
        };
    }

    private async Task FetchAllAsync(IOutboundNetwork network, Func<IPAddress, bool> isAllowed, string[] urls, int port = 80)
    {
        using var fetcher = Fetcher(network, new FetchOptions { Hosts = { "*" }, Ports = { 80, port }, AllowHttp = true, MaxRedirects = 20 }, isAllowed);
        foreach (var url in urls)
        {
            try
            {
                await fetcher.FetchAsync(url, default).WaitAsync(TimeSpan.FromSeconds(30));
            }
            catch (VisionException)
            {
            }
        }
    }

    private async Task<VisionErrorCode> RefusalAsync(CannedNetwork network)
    {
        using var disposed = network;
        using var fetcher = Fetcher(network);
        return (await Assert.ThrowsAsync<VisionException>(() => fetcher.FetchAsync("http://good.example/", default))).Code;
    }

    private ImageFetcher Fetcher(IOutboundNetwork network, FetchOptions? options = null, Func<IPAddress, bool>? isAllowed = null) => new(
        Options.Create(options ?? new FetchOptions { Hosts = { "good.example" }, AllowHttp = true }),
        Options.Create(new GatewayOptions { MaxImageBytes = 1024 }), new GuardedConnector(network, isAllowed ?? GlobalAddress.Is), _time);
}
