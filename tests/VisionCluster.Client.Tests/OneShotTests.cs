using System.Runtime.InteropServices;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Client.Tests;

[Collection(Roads.Collection)]
public sealed class OneShotTests(Roads roads)
{
    private static readonly ReadOnlyMemory<byte> One = Sample.Load("noto-1").Bytes;
    private static readonly ReadOnlyMemory<byte> Other = Sample.Load("held-twemoji-1").Bytes;
    private static readonly ClassifyRequest Request = new() { Labels = ["dog face", "guitar", "pizza"] };

    public static TheoryData<Road> All => Roads.All;

    [Theory, MemberData(nameof(All))]
    public async Task ClassifyAsync_OneAndSeveralImages_AnswersEachInOrder(Road road)
    {
        var alone = Assert.Single(await roads[road].ClassifyAsync([One], Request));
        var several = await roads[road].ClassifyAsync([Other, One], Request);
        Assert.Equal(alone.Results, several[1].Results);
        Assert.NotEqual(several[0].Results, several[1].Results);
        Assert.True(alone.Timings.Inference > 0);
    }

    [Theory, MemberData(nameof(All))]
    public async Task ClassifyAsync_NoImageOfAnyFormat_IsRefused(Road road)
    {
        var error = await Assert.ThrowsAsync<VisionException>(() => roads[road].ClassifyAsync([One, new byte[] { 1, 2, 3 }], Request));
        Assert.Equal(VisionErrorCode.UnsupportedImage, error.Code);
    }

    [Theory, MemberData(nameof(All))]
    public async Task EmbedAsync_TextContentAndSession_GivesARowEach(Road road)
    {
        var session = await roads[road].OpenImageAsync(One);
        var answer = await roads[road].EmbedAsync(new EmbeddingsRequest
        {
            Input = [EmbeddingInput.OfText("a dog"), EmbeddingInput.OfContent(One), EmbeddingInput.OfImage(session.Id)],
            EncodingFormat = EmbeddingEncoding.Base64,
        });
        Assert.Equal([0, 1, 2], answer.Data.Select(item => item.Index));
        var (content, image) = (answer.Data[1].Embedding.Values.ToArray(), answer.Data[2].Embedding.Values.ToArray());
        Assert.All(content.Zip(image), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(4, answer.Usage.PromptTokens);
    }

    [Theory, MemberData(nameof(All))]
    public async Task EmbedRegionsAsync_Boxes_GivesARowOfLengthOneEach(Road road)
    {
        var session = await roads[road].OpenImageAsync(Other);
        var answer = await session.EmbedRegionsAsync(new RegionsRequest { Boxes = [new PixelBox(48, 92, 258, 299), new PixelBox(0, 0, 100, 100)] });
        Assert.Equal(2, answer.Shape[0]);
        var values = MemoryMarshal.Cast<byte, float>(answer.Data.Span).ToArray();
        Assert.All(values.Chunk(answer.Shape[1]), row => Assert.Equal(1, row.Sum(v => (double)v * v), 1e-4));
    }
}
