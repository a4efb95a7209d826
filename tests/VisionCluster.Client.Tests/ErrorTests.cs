using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Client.Tests;

/// <summary>What goes wrong, goes wrong alike on both roads.</summary>
[Collection(Roads.Collection)]
public sealed class ErrorTests(Roads roads)
{
    private static readonly Sample Sample = Sample.Load("held-twemoji-1");

    private static readonly Dictionary<string, Func<IVisionClient, Task>> Failures = new()
    {
        ["no bytes"] = client => client.OpenImageAsync(ReadOnlyMemory<byte>.Empty),
        ["text"] = client => client.OpenImageAsync("this is no image, whatever its name"u8.ToArray()),
        ["half an image"] = client => client.OpenImageAsync(Sample.Bytes.AsMemory(0, Sample.Bytes.Length / 2)),
        ["unknown id"] = client => client.Image(new string('0', 32)).DescribeAsync(),
        ["malformed id"] = client => client.Image("../models").SegmentAsync(Prompted(new SegmentPrompt { Text = "a" })),
        ["no prompts"] = client => SegmentAsync(client, new SegmentRequest()),
        ["two errors"] = client => SegmentAsync(client, new SegmentRequest { Prompts = [new SegmentPrompt(), new SegmentPrompt()] }),
        ["point outside"] = client => SegmentAsync(client, Prompted(new SegmentPrompt { Points = [new PromptPoint(641, 10)] })),
        ["unknown mask"] = client => SegmentAsync(
            client, Prompted(new SegmentPrompt { Points = [new PromptPoint(5, 5)], MaskId = "nothing" })),
        ["unknown SAM model"] = client => SegmentAsync(
            client, Prompted(new SegmentPrompt { Points = [new PromptPoint(5, 5)] }) with { Model = "nothing" }),
        ["unknown CLIP model"] = client => ClassifyAsync(client, new ClassifyRequest { Labels = ["a"], Model = "nothing" }),
        ["no labels"] = client => ClassifyAsync(client, new ClassifyRequest { Labels = [] }),
        ["unknown label set"] = client => ClassifyAsync(client, new ClassifyRequest { LabelSet = "nothing" }),
        ["crossed box"] = async client => await (await client.OpenImageAsync(Sample.Bytes))
            .DetectAsync(new DetectRequest { Labels = ["a"], Boxes = [new PixelBox(20, 20, 10, 10)] }),
    };

    public static TheoryData<string, VisionErrorCode> Expected => new()
    {
        { "no bytes", VisionErrorCode.InvalidRequest },
        { "text", VisionErrorCode.UnsupportedImage },
        { "half an image", VisionErrorCode.CorruptImage },
        { "unknown id", VisionErrorCode.ImageNotFound },
        { "malformed id", VisionErrorCode.ImageNotFound },
        { "no prompts", VisionErrorCode.InvalidRequest },
        { "two errors", VisionErrorCode.InvalidRequest },
        { "point outside", VisionErrorCode.InvalidRequest },
        { "unknown mask", VisionErrorCode.MaskNotFound },
        { "unknown SAM model", VisionErrorCode.ModelNotFound },
        { "unknown CLIP model", VisionErrorCode.ModelNotFound },
        { "no labels", VisionErrorCode.InvalidRequest },
        { "unknown label set", VisionErrorCode.LabelSetNotFound },
        { "crossed box", VisionErrorCode.InvalidRequest },
    };

    [Theory, MemberData(nameof(Expected))]
    public async Task Calls_ThatFail_FailAlikeOnBothRoads(string failure, VisionErrorCode code)
    {
        var http = await Assert.ThrowsAsync<VisionException>(() => Failures[failure](roads[Road.Http]));
        var orleans = await Assert.ThrowsAsync<VisionException>(() => Failures[failure](roads[Road.Orleans]));

        Assert.Equal((code, code), (http.Code, orleans.Code));
        Assert.Equal(orleans.Message, http.Message);
        Assert.Equal(orleans.Violations, http.Violations);
    }

    private static SegmentRequest Prompted(SegmentPrompt prompt) => new() { Prompts = [prompt] };

    private static async Task SegmentAsync(IVisionClient client, SegmentRequest request) =>
        await (await client.OpenImageAsync(Sample.Bytes)).SegmentAsync(request);

    private static async Task ClassifyAsync(IVisionClient client, ClassifyRequest request) =>
        await (await client.OpenImageAsync(Sample.Bytes)).ClassifyAsync(request);
}
