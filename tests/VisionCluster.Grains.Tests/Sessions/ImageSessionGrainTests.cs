using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Devices;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Grains.Tests.Sessions;

public sealed class ImageSessionGrainTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly SegmentRequest Click = new() { Prompts = [new SegmentPrompt { Points = [new PromptPoint(150, 200)] }] };

    private readonly IServiceProvider _services = shared.Server.Services;

    private IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    private DeviceHost Device => _services.GetRequiredService<DeviceHosts>().All.Single();

    [Fact]
    public async Task Segment_HundredConcurrentFirstClicks_EncodeOnceAndShareRuns()
    {
        var session = await UploadAsync("hundred", "held-twemoji-1");
        var before = Device.Status("").ImagesEncoded;
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => session.SegmentAsync(Click, CallOptions.Interactive, default)));
        Assert.Equal(1, Device.Status("").ImagesEncoded - before);
        Assert.All(answers, answer => Assert.Equal(3, answer.Results[0].Masks.Count));
        var areas = answers.Select(answer => answer.Results[0].Masks[0].Area).ToArray();
        Assert.InRange(areas.Max() - areas.Min(), 0, 10);
    }

    [Fact]
    public async Task Segment_SameClickAlone_IsNotEncodedAgain()
    {
        var session = await UploadAsync("again", "noto-1");
        await session.SegmentAsync(Click, CallOptions.Interactive, default);
        var before = Device.Status("").ImagesEncoded;
        await session.SegmentAsync(Click, CallOptions.Interactive, default);
        Assert.Equal(before, Device.Status("").ImagesEncoded);
        Assert.Equal(EmbeddingState.Ready, (await session.DescribeAsync(default)).Embeddings.Sam);
    }

    [Fact]
    public async Task Upload_BytesOfAnotherDigest_IsRefused()
    {
        var session = Grains.GetGrain<IImageSessionGrain>($"default/{new string('a', 32)}");
        var error = await Assert.ThrowsAsync<VisionException>(() => session.UploadAsync(new ImageContent(Sample.Load("noto-1").Bytes), default));
        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
    }

    [Fact]
    public async Task Segment_RequestThatNoGatewayChecked_IsCheckedHere()
    {
        var session = await UploadAsync("unchecked", "noto-1");
        var outside = new SegmentRequest { Prompts = [new SegmentPrompt { Points = [new PromptPoint(9999, 1), new PromptPoint(1, double.NaN)] }] };
        var error = await Assert.ThrowsAsync<VisionException>(() => session.SegmentAsync(outside, CallOptions.Default, default));
        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
        Assert.Equal(2, error.Violations.Count);
    }

    [Fact]
    public async Task Segment_TimeoutThatHasPassed_IsDeadlineExceeded()
    {
        var session = await UploadAsync("late", "noto-2");
        await session.WarmAsync(EmbeddingKind.Sam, CallOptions.Default, default);
        var error = await Assert.ThrowsAsync<VisionException>(
            () => session.SegmentAsync(Click, CallOptions.Interactive with { Timeout = TimeSpan.FromTicks(1) }, default));
        Assert.Equal(VisionErrorCode.DeadlineExceeded, error.Code);
    }

    [Fact]
    public async Task Classify_TwoRequestsOfThousandsOfSentences_AreNotRefusedForTheirSize()
    {
        var session = await UploadAsync("many", "noto-1");
        // Together more sentences than the queue has room for one tenant.
        var answers = await Task.WhenAll(new[] { "red", "blue" }.Select(colour => session.ClassifyAsync(
            new ClassifyRequest
            {
                Labels = [.. Enumerable.Range(0, 700).Select(i => $"{colour} thing number {i}")],
                Templates = PromptTemplates.FromList(["a photo of a {}.", "a drawing of a {}.", "{}"]),
            },
            CallOptions.Default,
            default)));
        Assert.All(answers, answer => Assert.Equal(5, answer.Results.Count));
    }

    [Fact]
    public async Task Session_OfASilo_SitsWithItsDevice()
    {
        await UploadAsync("placed", "noto-1");
        var devices = await Grains.GetGrain<IDeviceDirectoryGrain>(0).ReportAsync("nobody", []);
        Assert.All(devices, device => Assert.EndsWith("/cpu0", device.Host));
    }

    private async Task<IImageSessionGrain> UploadAsync(string tenant, string sample)
    {
        var bytes = Sample.Load(sample).Bytes;
        var key = ImageKey.FromDigest(new TenantId(tenant), SHA256.HashData(bytes));
        var session = Grains.GetGrain<IImageSessionGrain>(key.ToString());
        await session.UploadAsync(new ImageContent(bytes), default);
        return session;
    }
}
