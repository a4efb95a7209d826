using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Errors;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Client.Tests;

[Collection(Roads.Collection)]
public sealed class LabelSetTests(Roads roads)
{
    public static TheoryData<Road> All => Roads.All;

    [Theory, MemberData(nameof(All))]
    public async Task LabelSet_PutUseDelete_GoTheWholeWay(Road road)
    {
        var client = roads[road];
        var name = $"set-{road}";
        var made = await client.PutLabelSetAsync(name, new LabelSet { Labels = ["pizza", "guitar"] });
        Assert.Equal(name, made.Name);
        var image = await client.OpenImageAsync(Sample.Load("noto-1").Bytes);
        Assert.Equal(2, (await image.ClassifyAsync(new ClassifyRequest { LabelSet = name })).Results.Count);
        Assert.Equal(["pizza", "guitar"], (await client.GetLabelSetAsync(name)).Labels);
        await client.DeleteLabelSetAsync(name);
        var error = await Assert.ThrowsAsync<VisionException>(() => client.GetLabelSetAsync(name));
        Assert.Equal(VisionErrorCode.LabelSetNotFound, error.Code);
    }

    [Theory, MemberData(nameof(All))]
    public async Task PutLabelSetAsync_NoLabels_IsRefused(Road road)
    {
        var error = await Assert.ThrowsAsync<VisionException>(() => roads[road].PutLabelSetAsync("none", new LabelSet { Labels = [] }));
        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
    }
}
