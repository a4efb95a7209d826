using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Grains.Tests.LabelSets;

public sealed class LabelSetGrainTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly LabelSet Animals = new() { Labels = ["dog face", "cat", "horse"], Templates = PromptTemplates.Named("imagenet7") };

    private IGrainFactory Grains => shared.Server.Services.GetRequiredService<IGrainFactory>();

    [Fact]
    public async Task Classify_BySetTwice_EmbedsEachLabelInEachTemplateOnce()
    {
        await Set("once", "animals").PutAsync(Animals with { Labels = ["ant", "bee", "crow"] }, default);
        var image = await UploadAsync("once");
        using var runs = new TextRuns(shared.Server.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var first = await ClassifyAsync(image, "animals");
        Assert.Equal(3 * 7, runs.Texts);
        var second = await ClassifyAsync(image, "animals");
        Assert.Equal(3 * 7, runs.Texts);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Classify_BySet_AnswersAsTheSameLabelsInTheRequest()
    {
        await Set("same", "animals").PutAsync(Animals, default);
        var image = await UploadAsync("same");
        var inRequest = await image.ClassifyAsync(
            new ClassifyRequest { Labels = Animals.Labels, Templates = Animals.Templates }, CallOptions.Default, default);
        Assert.Equal(inRequest.Results, await ClassifyAsync(image, "animals"));
    }

    [Fact]
    public async Task Put_AnotherVocabulary_IsWhatTheNextCallUses()
    {
        await Set("replace", "things").PutAsync(Animals, default);
        var image = await UploadAsync("replace");
        await ClassifyAsync(image, "things");
        Assert.False(await Set("replace", "things").PutAsync(new LabelSet { Labels = ["pizza"] }, default));
        Assert.Equal("pizza", Assert.Single(await ClassifyAsync(image, "things")).Label);
    }

    [Fact]
    public async Task Delete_ASet_IsGoneAtOnceAndMadeAgainIsNotTheOldOne()
    {
        await Set("delete", "things").PutAsync(Animals, default);
        var image = await UploadAsync("delete");
        await ClassifyAsync(image, "things");
        await Set("delete", "things").DeleteAsync(default);
        await ExpectNotFoundAsync(() => ClassifyAsync(image, "things"));
        await ExpectNotFoundAsync(() => Set("delete", "things").GetAsync(default));
        Assert.True(await Set("delete", "things").PutAsync(new LabelSet { Labels = ["umbrella"] }, default));
        Assert.Equal("umbrella", Assert.Single(await ClassifyAsync(image, "things")).Label);
    }

    [Fact]
    public async Task Classify_SetOfAnotherTenant_IsNotFound()
    {
        await Set("owner", "animals").PutAsync(Animals, default);
        var image = await UploadAsync("stranger");
        await ExpectNotFoundAsync(() => ClassifyAsync(image, "animals"));
    }

    [Fact]
    public async Task Detect_BySet_FindsItsLabels()
    {
        await Set("detect", "food").PutAsync(new LabelSet { Labels = ["pizza", "umbrella"] }, default);
        var image = await UploadAsync("detect");
        var found = await image.DetectAsync(new DetectRequest { LabelSet = "food", ScoreThreshold = 0.3f }, CallOptions.Default, default);
        Assert.Contains(found.Detections, detection => detection.Label == "pizza");
    }

    [Fact]
    public async Task Put_NoLabels_IsRefusedWithTheReason()
    {
        var error = await Assert.ThrowsAsync<VisionException>(() => Set("bad", "empty").PutAsync(new LabelSet { Labels = [] }, default));
        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
    }

    private static async Task ExpectNotFoundAsync(Func<Task> call) =>
        Assert.Equal(VisionErrorCode.LabelSetNotFound, (await Assert.ThrowsAsync<VisionException>(call)).Code);

    private static async Task<IReadOnlyList<ScoredLabel>> ClassifyAsync(IImageSessionGrain image, string set) =>
        (await image.ClassifyAsync(new ClassifyRequest { LabelSet = set }, CallOptions.Default, default)).Results;

    private ILabelSetGrain Set(string tenant, string name) =>
        Grains.GetGrain<ILabelSetGrain>(LabelSetKey.FromCaller(new TenantId(tenant), name).ToString());

    private async Task<IImageSessionGrain> UploadAsync(string tenant)
    {
        var bytes = Sample.Load("held-twemoji-1").Bytes;
        var key = ImageKey.FromDigest(new TenantId(tenant), SHA256.HashData(bytes));
        var session = Grains.GetGrain<IImageSessionGrain>(key.ToString());
        await session.UploadAsync(new ImageContent(bytes), default);
        return session;
    }
}
