using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Inference.Tests.Pipelines;

/// <summary>An engine whose embeddings stay on the device, against one that keeps them in the host's memory.</summary>
public sealed class DeviceEmbeddingPipelineTests
{
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
        Assert.Equal(all - store, kept.DeviceTensorBytes);

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
