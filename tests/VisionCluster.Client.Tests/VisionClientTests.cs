using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Client.Tests;

[Collection(Roads.Collection)]
public sealed class VisionClientTests(Roads roads)
{
    private static readonly Sample Sample = Sample.Load("held-twemoji-1");

    public static TheoryData<Road> All => Roads.All;

    [Theory, MemberData(nameof(All))]
    public async Task OpenImageAsync_SameBytesTwice_GivesOneSession(Road road)
    {
        var first = await roads[road].OpenImageAsync(Sample.Bytes);
        var second = await roads[road].OpenImageAsync(Sample.Bytes);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal((640, 480), (first.Description!.Width, first.Description.Height));
        Assert.Equal("png", first.Description.Format);
        Assert.Equal(Sample.Bytes.Length, first.Description.Bytes);
    }

    [Theory, MemberData(nameof(All))]
    public async Task OpenImageAsync_Stream_GivesTheSessionOfItsBytes(Road road)
    {
        using var stream = new MemoryStream(Sample.Bytes);

        var session = await roads[road].OpenImageAsync(stream);

        Assert.Equal((await roads[road].OpenImageAsync(Sample.Bytes)).Id, session.Id);
    }

    [Theory, MemberData(nameof(All))]
    public async Task OpenImageAsync_StreamOfUnknownLength_IsReadToItsEnd(Road road)
    {
        using var stream = new TrickleStream(Sample.Bytes);

        var session = await roads[road].OpenImageAsync(stream);

        Assert.Equal(Sample.Bytes.Length, session.Description!.Bytes);
    }

    [Theory, MemberData(nameof(All))]
    public async Task OpenImageAsync_Warm_LeavesTheEmbeddingsReady(Road road)
    {
        var session = await roads[road].OpenImageAsync(Sample.Bytes, EmbeddingKind.Sam | EmbeddingKind.Clip);

        Assert.Equal(new EmbeddingStates(EmbeddingState.Ready, EmbeddingState.Ready), session.Description!.Embeddings);
    }

    [Theory, MemberData(nameof(All))]
    public async Task OpenImageAsync_MoreThanTheClientSends_IsRefusedUnsent(Road road)
    {
        using var stream = new TrickleStream(new byte[(32 << 20) + 1]);

        var error = await Assert.ThrowsAsync<VisionException>(() => roads[road].OpenImageAsync(stream));

        Assert.Equal(VisionErrorCode.ImageTooLarge, error.Code);
    }

    [Theory, MemberData(nameof(All))]
    public async Task OpenImageAsync_Cancelled_Throws(Road road)
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => roads[road].OpenImageAsync(Sample.Bytes, cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task ListModelsAsync_BothRoads_AnswerTheSame()
    {
        var http = await roads[Road.Http].ListModelsAsync();
        var orleans = await roads[Road.Orleans].ListModelsAsync();

        Assert.Equal(orleans, http);
        Assert.Contains(http, model => model.Family == "sam");
        Assert.Contains(http, model => model.Family == "clip");
    }
}
