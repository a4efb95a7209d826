using System.Runtime.InteropServices;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Inference.Tests.Pipelines;

/// <summary>An engine whose embeddings stay on the device, against one that keeps them in the host's memory.</summary>
public sealed class DeviceEmbeddingPipelineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_EveryUseOfAnEmbedding_AnswersAsFromTheHostAndLeavesNothingOnTheDevice()
    {
        await using var host = await EngineFixture.StartAsync();
        var device = await EngineFixture.StartAsync(("Vision:Onnx:KeepEmbeddingsOnDevice", "true"));
        var kept = device.Engine.Host;
        var (expected, actual) = (await UseAsync(host), await UseAsync(device));

        Assert.Equal(expected.Masks, actual.Masks);
        Assert.Equal(expected.Found, actual.Found);
        Assert.Equal(expected.Numbers, actual.Numbers);
        Assert.Equal(0, host.Engine.Host.DeviceTensorBytes);
        var (all, store) = (kept.DeviceTensorBytes, kept.Embeddings.Bytes);
        Assert.InRange(store, 1, all);
        kept.Embeddings.Clear();
        // A run lets go of what it used a moment after its caller has the answer.
        Assert.True(SpinWait.SpinUntil(() => kept.DeviceTensorBytes == all - store, Limit), $"{all} - {store} are not {kept.DeviceTensorBytes}");

        await device.DisposeAsync();

        Assert.Equal(0, kept.DeviceTensorBytes);
    }

    [Fact]
    public async Task Segment_WhileEmbeddingsAreDroppedAllTheTime_AnswersEveryClick()
    {
        await using var fixture = await EngineFixture.StartAsync(("Vision:Onnx:KeepEmbeddingsOnDevice", "true"));
        var images = new[] { "held-twemoji-1", "noto-1" }.Select(name => fixture.Add(Sample.Load(name).Bytes)).ToArray();
        using var stop = new CancellationTokenSource();
        var dropping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                fixture.Engine.Host.Embeddings.Clear();
                Thread.Yield();
            }
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => ClickAsync(fixture, images[i % 2])));
        await stop.CancelAsync();
        await dropping;

        Assert.Single(answers.Where((_, i) => i % 2 == 0).Distinct());
        Assert.Single(answers.Where((_, i) => i % 2 == 1).Distinct());
    }

    [Fact]
    public async Task EmbedRegions_MapsOnTheDevice_AnswersAsFromTheHostAndLeavesNothingOnTheDevice()
    {
        (string, string) model = ("Vision:Models:Load:1", "starter-regionclip");
        await using var host = await EngineFixture.StartAsync(model);
        var device = await EngineFixture.StartAsync(model, ("Vision:Onnx:KeepEmbeddingsOnDevice", "true"));
        var kept = device.Engine.Host;
        var before = kept.DeviceTensorBytes;
        var (expected, actual) = (await EmbedRegionsAsync(host), await EmbedRegionsAsync(device));

        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-3f);
        }

        var store = kept.Embeddings.Bytes;
        var held = kept.DeviceTensorBytes;
        Assert.InRange(held, before + 1, long.MaxValue);
        kept.Embeddings.Clear();
        // Boxes and their objectness are the host's; a run lets go of what it used a moment after its caller has the answer.
        Assert.True(SpinWait.SpinUntil(() => held - kept.DeviceTensorBytes >= store / 2, Limit), $"{kept.DeviceTensorBytes} of {held} stay");
        Assert.InRange(held - kept.DeviceTensorBytes, store / 2, store);

        await device.DisposeAsync();

        Assert.Equal(0, kept.DeviceTensorBytes);
    }

    /// <summary>Regions of three pictures at once, and of one alone.</summary>
    private static async Task<float[]> EmbedRegionsAsync(EngineFixture fixture)
    {
        ImageReference[] images = [.. new[] { "held-twemoji-1", "noto-1", "noto-2" }.Select(name => fixture.Add(Sample.Load(name).Bytes))];
        var request = new RegionsRequest { Boxes = [new PixelBox(8, 12, 140, 155), new PixelBox(60, 80, 250, 290)] };
        var together = await Task.WhenAll(images.Select(image => fixture.Engine.EmbedRegionsAsync(image, request, CallOptions.Default, default)));
        var alone = await fixture.Engine.EmbedRegionsAsync(images[0], request, CallOptions.Default, default);
        return [.. together.Append(alone).SelectMany(answer => MemoryMarshal.Cast<byte, float>(answer.Data.Span).ToArray())];
    }

    private static async Task<(string Masks, int Found, float[] Numbers)> UseAsync(EngineFixture fixture)
    {
        var image = fixture.Add(Sample.Load("held-twemoji-1").Bytes);
        var masks = await ClickAsync(fixture, image);
        var found = 0;
        var request = new EverythingRequest { PointsPerSide = 4, CropNLayers = 1 };
        await foreach (var update in fixture.Engine.EverythingAsync(image, request, CallOptions.Default, default))
        {
            found = update.Done?.Masks.Count ?? found;
        }

        var read = await fixture.Engine.ReadEmbeddingAsync(image, EmbeddingKind.Sam, [], CallOptions.Default, default);
        return (masks, found, read.Values!.Value.ToArray());
    }

    private static async Task<string> ClickAsync(EngineFixture fixture, ImageReference image)
    {
        var request = new SegmentRequest { Prompts = [new SegmentPrompt { Points = [new PromptPoint(150, 200)] }], Multimask = true };
        var answer = await fixture.Engine.SegmentAsync(image, request, CallOptions.Default, default);
        return string.Join(' ', answer.Results[0].Masks.Select(static mask => $"{mask.Score:F3} {mask.Area}"));
    }
}
