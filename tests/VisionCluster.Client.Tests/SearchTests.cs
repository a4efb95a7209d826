using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Search;
using VisionCluster.Contracts.Sessions;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Client.Tests;

[Collection(Roads.Collection)]
public sealed class SearchTests(Roads roads)
{
    public static TheoryData<Road> All => Roads.All;

    [Theory, MemberData(nameof(All))]
    public async Task SearchAsync_ByAWarmImage_FindsItFirst(Road road)
    {
        var image = await roads[road].OpenImageAsync(Sample.Load("noto-1").Bytes, EmbeddingKind.Clip);
        var answer = await roads[road].SearchAsync(new SearchRequest { Image = image.Id, TopK = 3 });
        Assert.Equal(image.Id, answer.Results[0].Image);
        Assert.Equal(1, answer.Results[0].Score, 1e-5);
        Assert.True(answer.Complete);
        Assert.NotEmpty((await roads[road].SearchAsync(new SearchRequest { Text = "pizza" })).Results);
    }

    [Theory, MemberData(nameof(All))]
    public async Task SearchAsync_Nothing_IsRefused(Road road)
    {
        var error = await Assert.ThrowsAsync<VisionException>(() => roads[road].SearchAsync(new SearchRequest()));
        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
    }
}
