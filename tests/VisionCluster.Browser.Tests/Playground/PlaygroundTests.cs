using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace VisionCluster.Browser.Tests.Playground;

/// <summary>What somebody does who opens the page for the first time.</summary>
public sealed class PlaygroundTests
{
    private const long MaxFirstLoad = 300_000;

    [ChromiumFact]
    public async Task Playground_ByMouse_ClicksDragsFindsLabelsAndUndoes()
    {
        await using var page = await PlaygroundPage.OpenAsync("mouse");
        Assert.InRange(page.FirstLoadBytes, 1, MaxFirstLoad);
        await page.TakeSampleAsync();

        await page.ClickAsync(150, 200);
        await page.CountsMasksAsync(1);
        await page.SaysAsync(new Regex("^1 mask; the last scores 0\\.[4-9]"));
        await Assertions.Expect(page.Page.Locator("#stages")).ToHaveTextAsync(
            new Regex(@"inference [0-9]+\.[0-9] ms.*[1-9][0-9]* ms in all$"), new() { Timeout = 30_000 });
        await ExpectBarsByTimeAsync(page);
        await page.ShootAsync("click");

        // The answer to a click takes the place of the mask before it, also where somebody has gone on to another object.
        var goesOn = new TaskCompletionSource();
        await page.Page.RouteAsync("**/segment", async route =>
        {
            await goesOn.Task;
            await route.ContinueAsync();
        });
        await page.ClickAsync(300, 40, KeyboardModifier.Shift);
        await page.Page.GetByText("Next object").ClickAsync();
        await page.Page.RunAndWaitForResponseAsync(
            () =>
            {
                goesOn.SetResult();
                return Task.CompletedTask;
            },
            "**/segment");
        await page.Page.UnrouteAsync("**/segment");
        await page.CountsMasksAsync(1);
        await page.DragAsync(48, 92, 258, 299);
        await page.CountsMasksAsync(2);

        await page.Page.GetByText("Copy RLE").ClickAsync();
        await page.SaysAsync(new Regex("^RLE copied"));
        var rle = JsonSerializer.Deserialize<JsonElement>(await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Equal([480, 640], rle.GetProperty("size").EnumerateArray().Select(side => side.GetInt32()));
        await page.Page.GetByText("Copy curl").ClickAsync();
        await page.SaysAsync(new Regex("^curl command copied"));
        Assert.Contains("/segment'", await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"), StringComparison.Ordinal);
        var download = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByText("Save PNG").ClickAsync());
        Assert.Equal("mask.png", download.SuggestedFilename);

        await page.Page.GetByLabel("Find and mask objects").FillAsync("dog face, pizza");
        await page.Page.GetByText("Find", new() { Exact = true }).ClickAsync();
        await page.SaysAsync(new Regex("^[1-9][0-9]* found"));
        await page.ShootAsync("find");
        await page.Page.GetByText("Undo").ClickAsync();
        await page.CountsMasksAsync(2);

        await page.Page.GetByLabel("Which label fits the picture?").FillAsync("dog face, pizza, guitar");
        await page.Page.GetByText("Classify", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.Locator("#ranking li")).ToHaveCountAsync(3, new() { Timeout = 30_000 });
        await Assertions.Expect(page.Page.Locator("#devices")).ToContainTextAsync("starter-sam", new() { Timeout = 30_000 });
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Playground_Hovering_ShowsAMaskAndLeavesNothing()
    {
        await using var page = await PlaygroundPage.OpenAsync("hover", null, "Vision:Models:Load:0=starter-sam");
        await page.TakeSampleAsync();
        await page.Page.WaitForFunctionAsync("() => performance.getEntriesByType('resource').length > 0");
        var before = await PixelsAsync(page);
        var box = (await page.Page.Locator("#canvas").BoundingBoxAsync())!;
        await Retry(async () =>
        {
            await page.Page.Mouse.MoveAsync(box.X + (box.Width * 0.23f), box.Y + (box.Height * 0.4f));
            await page.Page.Mouse.MoveAsync(box.X + (box.Width * 0.235f), box.Y + (box.Height * 0.42f));
            return await PixelsAsync(page) != before;
        });
        await page.ShootAsync("mask");
        await page.Page.Mouse.MoveAsync(1, 1);
        await Retry(async () => await PixelsAsync(page) == before);
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Playground_Everything_FillsInAsMasksAreFound()
    {
        await using var page = await PlaygroundPage.OpenAsync("everything", null, "Vision:Models:Load:0=starter-sam");
        await page.TakeSampleAsync();

        // Who looks now and then may miss what the page says on its way.
        await page.Page.EvaluateAsync(
            """
            () => {
              window.said = [];
              new MutationObserver(changes => said.push(...changes.flatMap(change => [...change.addedNodes]).map(node => node.textContent)))
                .observe(document.getElementById('message'), { childList: true });
            }
            """);
        await page.Page.Locator("#everything").ClickAsync();
        await page.SaysAsync(new Regex("^Everything: [1-9]"));
        Assert.Contains(await page.Page.EvaluateAsync<string[]>("said"), static text => Regex.IsMatch(text, "^[0-9]+ % of the points"));
        await page.ShootAsync("found");
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Playground_ByKeyboardOnAPhoneInTheDark_DoesTheSame()
    {
        await using var page = await PlaygroundPage.OpenAsync(
            "keyboard",
            new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 390, Height = 844 } },
            "Vision:Models:Load:0=starter-sam");
        Assert.False(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"), "The page is wider than the phone.");
        await TabToAsync(page, "Sample 1");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.SaysAsync(new Regex("^Ready: "));
        await TabToAsync(page, "The picture.");
        for (var i = 0; i < 10; i++)
        {
            await page.Page.Keyboard.PressAsync("ArrowLeft");
        }

        await page.Page.Keyboard.PressAsync("Enter");
        await page.CountsMasksAsync(1);
        await page.Page.Keyboard.PressAsync("Control+z");
        await page.CountsMasksAsync(0);
        await page.Page.Keyboard.PressAsync("b");
        for (var i = 0; i < 6; i++)
        {
            await page.Page.Keyboard.PressAsync("ArrowRight");
            await page.Page.Keyboard.PressAsync("ArrowDown");
        }

        await page.Page.Keyboard.PressAsync("b");
        await page.CountsMasksAsync(1);
        await page.ShootAsync("box");
        Assert.Empty(page.Complaints);
    }

    [ChromiumFact]
    public async Task Playground_OnAServerWithKeys_SaysSoAndTakesOne()
    {
        await using var page = await PlaygroundPage.OpenAsync(
            "keys", null, "Vision:Models:Load:0=starter-sam", "Vision:Authentication:Keys:0:Tenant=red",
            $"Vision:Authentication:Keys:0:Sha256={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("red key")))}");
        await page.Page.GetByText("Sample 3").ClickAsync();
        await page.SaysAsync(new Regex("asks for an API key"));
        await page.Page.GetByLabel("API key").FillAsync("red key");
        await page.TakeSampleAsync();
        await page.ClickAsync(150, 200);
        await page.CountsMasksAsync(1);
        await Assertions.Expect(page.Page.Locator("#devices")).ToContainTextAsync("Only operators", new() { Timeout = 30_000 });
    }

    private static Task<string> PixelsAsync(PlaygroundPage page) => page.Page.EvaluateAsync<string>("document.getElementById('canvas').toDataURL()");

    /// <summary>A stage is drawn as a bar as wide as its share of the time, short ones wide enough to be seen.</summary>
    private static async Task ExpectBarsByTimeAsync(PlaygroundPage page)
    {
        const double LeastShare = 0.08, TolerancePixels = 3;
        var bars = await page.Page.EvaluateAsync<JsonElement>(
            """
            [...document.querySelectorAll('#stages span')].map(bar => {
              const style = getComputedStyle(bar);
              const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
              return [parseFloat(bar.textContent.match(/[0-9.]+/)[0]), bar.getBoundingClientRect().width - padding];
            })
            """);
        (double Time, double Width)[] all = [.. bars.EnumerateArray().Select(bar => (bar[0].GetDouble(), bar[1].GetDouble()))];
        Assert.InRange(all.Length, 2, 5);
        var shares = all.Select(bar => Math.Max(bar.Time / all.Sum(static other => other.Time), LeastShare)).ToArray();
        Assert.All(all.Zip(shares), bar => Assert.Equal(
            all.Sum(static other => other.Width) * bar.Second / shares.Sum(), bar.First.Width, TolerancePixels));
    }

    private static async Task TabToAsync(PlaygroundPage page, string name)
    {
        for (var i = 0; i < 60; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            var label = await page.Page.EvaluateAsync<string>(
                "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()");
            if (label.StartsWith(name, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"Tab never reached '{name}'.");
    }

    private static async Task Retry(Func<Task<bool>> condition) =>
        await TestKit.Processes.Eventually.TrueAsync(condition, TimeSpan.FromSeconds(30), "the picture has changed");
}
