using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Client.Tests;

[Collection(Roads.Collection)]
public sealed class ImageSessionTests(Roads roads)
{
    private static readonly Sample Sample = Sample.Load("held-twemoji-1");

    private static readonly SegmentRequest Click = new()
    {
        Prompts = [new SegmentPrompt { Points = [new PromptPoint(528, 90)] }],
    };

    private static readonly EverythingRequest Grid = new()
    {
        PointsPerSide = 6,
        PointsPerBatch = 6,
        PredIouThresh = 0.6f,
        StabilityScoreThresh = 0.7f,
    };

    public static TheoryData<Road> All => Roads.All;

    [Theory, MemberData(nameof(All))]
    public async Task SegmentAsync_Click_GivesThreeMasksAndTheTimeOfEachStage(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes);

        var response = await session.SegmentAsync(Click);

        var masks = Assert.Single(response.Results).Masks;
        Assert.Equal(3, masks.Count);
        var best = masks.MaxBy(mask => mask.Score)!;
        Assert.InRange(best.Area, Sample.Objects[2].Area * 0.85, Sample.Objects[2].Area * 1.15);
        Assert.Equal([480, 640], best.Rle!.Size);
        Assert.True(response.Timings.Inference > 0);
    }

    [Theory, MemberData(nameof(All))]
    public async Task SegmentAsync_PngAndLogits_ArriveWhole(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes);
        var request = Click with { Output = new MaskOutput { Format = MaskFormat.Png, Logits = true } };

        var mask = (await session.SegmentAsync(request)).Results[0].Masks[0];

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], mask.Png!.Value.Span[..4].ToArray());
        Assert.Equal(4 * mask.Logits!.Shape[0] * mask.Logits.Shape[1], mask.Logits.Data.Length);
    }

    [Theory, MemberData(nameof(All))]
    public async Task SegmentAsync_MaskOfTheSession_IsRefined(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes);
        var first = (await session.SegmentAsync(Click)).Results[0].Masks[0];
        var prompt = Click.Prompts[0] with { MaskId = first.MaskId };

        var second = await session.SegmentAsync(Click with { Prompts = [prompt], Multimask = false });

        Assert.Single(second.Results[0].Masks);
    }

    [Fact]
    public async Task EverythingAsync_BothRoads_FindTheSameMasks()
    {
        var (http, orleans) = (await FindAsync(Road.Http), await FindAsync(Road.Orleans));

        Assert.NotEmpty(http);
        Assert.Equal(orleans, http);

        async Task<string[]> FindAsync(Road road)
        {
            var session = await roads[road].OpenImageAsync(Sample.Bytes);
            var response = await EverythingResponse.CollectAsync(session.EverythingAsync(Grid));
            return [.. response.Masks.Select(mask => $"{mask.Area} {mask.PredictedIou:F4} {mask.Segmentation.Counts}")];
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task EverythingAsync_ReaderLeaves_LetsTheSessionGoOn(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes);
        await foreach (var update in session.EverythingAsync(Grid))
        {
            if (update.Mask is not null)
            {
                break;
            }
        }

        Assert.NotEmpty((await session.SegmentAsync(Click)).Results);
    }

    [Theory, MemberData(nameof(All))]
    public async Task EverythingAsync_UnknownImage_Throws(Road road)
    {
        var error = await Assert.ThrowsAsync<VisionException>(() =>
            EverythingResponse.CollectAsync(roads[road].Image(new string('0', 32)).EverythingAsync(Grid)));

        Assert.Equal(VisionErrorCode.ImageNotFound, error.Code);
    }

    [Theory, MemberData(nameof(All))]
    public async Task EverythingAsync_Cancelled_Throws(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes);
        using var leaving = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in session.EverythingAsync(Grid with { PointsPerSide = 64 }, null, leaving.Token))
            {
                await leaving.CancelAsync();
            }
        });
    }

    [Fact]
    public async Task Tasks_BothRoads_AnswerTheSame()
    {
        var http = await AskAllAsync(Road.Http);
        var orleans = await AskAllAsync(Road.Orleans);

        Assert.Equal(orleans, http);
    }

    [Theory, MemberData(nameof(All))]
    public async Task SegmentAsync_WithCallOptions_IsServed(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes);
        var options = new CallOptions { Lane = RequestLane.Bulk, Priority = 1, Timeout = TimeSpan.FromSeconds(20) };

        Assert.NotEmpty((await session.SegmentAsync(Click, options)).Results);
    }

    [Theory, MemberData(nameof(All))]
    public async Task SegmentAsync_Cancelled_Throws(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.SegmentAsync(Click, null, cancelled.Token));
    }

    [Theory, MemberData(nameof(All))]
    public async Task Image_IdOfAnUpload_IsTheSameSession(Road road)
    {
        var opened = await roads[road].OpenImageAsync(Sample.Bytes);

        var session = roads[road].Image(opened.Id);

        Assert.Null(session.Description);
        Assert.Equal(opened.Description!.Sha256, (await session.DescribeAsync()).Sha256);
        Assert.NotNull(session.Description);
        var content = await session.ReadContentAsync();
        Assert.Equal("png", content.Format);
        Assert.True(content.Bytes.Span.SequenceEqual(Sample.Bytes));
    }

    [Theory, MemberData(nameof(All))]
    public async Task WarmAsync_Clip_MakesItReady(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Load("noto-1").Bytes);

        var description = await session.WarmAsync(EmbeddingKind.Clip);

        Assert.Equal(EmbeddingState.Ready, description.Embeddings.Clip);
        Assert.Same(description, session.Description);
    }

    [Theory, MemberData(nameof(All))]
    public async Task DeleteAsync_Twice_FindsNoImageTheSecondTime(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Load("noto-2").Bytes);

        await session.DeleteAsync();
        var error = await Assert.ThrowsAsync<VisionException>(() => session.DeleteAsync());

        Assert.Equal(VisionErrorCode.ImageNotFound, error.Code);
    }

    private async Task<string> AskAllAsync(Road road)
    {
        string[] labels = ["dog face", "automobile", "pizza", "umbrella"];
        var session = await roads[road].OpenImageAsync(Sample.Bytes);
        var segment = await session.SegmentAsync(Click);
        var classify = await session.ClassifyAsync(new ClassifyRequest { Labels = labels, Templates = PromptTemplates.FromList(["a {}"]) });
        var detect = await session.DetectAsync(new DetectRequest
        {
            Labels = labels,
            Boxes = [.. Sample.Objects.Select(found => new PixelBox(found.Box[0], found.Box[1], found.Box[2], found.Box[3]))],
            Masks = true,
        });
        var masks = segment.Results[0].Masks.Select(mask => $"{mask.Score:F4} {mask.Area} {mask.Rle!.Counts}");
        var ranked = classify.Results.Select(result => $"{result.Label} {result.Index} {result.Score:F4} {result.Similarity:F4}");
        var boxes = detect.Detections.Select(found => $"{found.Label} {found.Box} {found.Score:F4} {found.Objectness} {found.Mask!.Rle!.Counts}");
        return string.Join('\n', [segment.Model, classify.Model, detect.Model, .. masks, .. ranked, .. boxes]);
    }
}
