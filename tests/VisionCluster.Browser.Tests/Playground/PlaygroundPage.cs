using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Browser.Tests.Playground;

/// <summary>The playground in a browser of its own, before a server of its own. What the console says bad is kept.</summary>
internal sealed partial class PlaygroundPage : IAsyncDisposable
{
    private readonly VisionTestServer _server;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly string _name;

    private PlaygroundPage(VisionTestServer server, IPlaywright playwright, IBrowser browser, IPage page, string name) =>
        (_server, _playwright, _browser, Page, _name) = (server, playwright, browser, page, name);

    public IPage Page { get; }

    public VisionTestServer Server => _server;

    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Bytes that came before the page was idle for the first time.</summary>
    public long FirstLoadBytes { get; private set; }

    public static async Task<PlaygroundPage> OpenAsync(string name, BrowserNewPageOptions? options = null, params string[] settings)
    {
        var server = await VisionTestServer.StartAsync(null, settings);
        var playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = ChromiumFactAttribute.Path, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(options ?? new() { Permissions = ["clipboard-read", "clipboard-write"] });
        var opened = new PlaygroundPage(server, playwright, browser, page, name);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                opened.Complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => opened.Complaints.Enqueue(error);
        var sizes = new ConcurrentBag<Task<RequestSizesResult>>();
        void Count(object? sender, Microsoft.Playwright.IRequest request) => sizes.Add(request.SizesAsync());
        page.RequestFinished += Count;
        await page.GotoAsync(server.Url.ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
        page.RequestFinished -= Count;
        opened.FirstLoadBytes = (await Task.WhenAll(sizes)).Sum(size => (long)size.ResponseBodySize + size.ResponseHeadersSize);
        return opened;
    }

    /// <summary>Takes the first sample, <c>held-twemoji-1.png</c>.</summary>
    public async Task TakeSampleAsync()
    {
        await Page.GetByText("Sample 1").ClickAsync();
        await SaysAsync(new Regex("^Ready: "));
    }

    public Task SaysAsync(Regex text) => Assertions.Expect(Page.Locator("#message")).ToHaveTextAsync(text, new() { Timeout = 30_000 });

    public Task CountsMasksAsync(int count) =>
        Assertions.Expect(Page.Locator("#masks li")).ToHaveCountAsync(count, new() { Timeout = 30_000 });

    /// <summary>Clicks at a place of the sample, which is 640 by 480 pixels.</summary>
    public async Task ClickAsync(double x, double y, params KeyboardModifier[] modifiers)
    {
        var (left, top, scale) = await FrameAsync();
        await Page.Locator("#canvas").ClickAsync(new() { Position = new() { X = (float)(x * scale), Y = (float)(y * scale) }, Modifiers = modifiers });
    }

    public async Task DragAsync(double x0, double y0, double x1, double y1)
    {
        var (left, top, scale) = await FrameAsync();
        await Page.Mouse.MoveAsync((float)(left + (x0 * scale)), (float)(top + (y0 * scale)));
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync((float)(left + (x1 * scale)), (float)(top + (y1 * scale)), new() { Steps = 4 });
        await Page.Mouse.UpAsync();
    }

    /// <summary>Keeps a picture of the page among the test results.</summary>
    public async Task ShootAsync(string what) => await Page.ScreenshotAsync(new()
    {
        Path = Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "TestResults", "screenshots")).FullName, $"{_name}-{NotInNames().Replace(what, "-")}.png"),
        FullPage = true,
    });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await _server.DisposeAsync();
    }

    private async Task<(float Left, float Top, float Scale)> FrameAsync()
    {
        await Page.Locator("#canvas").ScrollIntoViewIfNeededAsync();
        var box = (await Page.Locator("#canvas").BoundingBoxAsync())!;
        return (box.X, box.Y, box.Width / 640);
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInNames();
}
