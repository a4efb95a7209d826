using System.Runtime.InteropServices;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Contracts.Tests.Segmentation;

public sealed class SegmentRequestTests
{
    [Fact]
    public void Violations_LogitsOfTheirShape_AreNone() => Assert.Empty(Violations(Logits([2, 2], [1, 2, 3, 4])));

    [Fact]
    public void Violations_LogitsTooFew_AreNamed() =>
        Assert.Contains("maskLogits", Assert.Single(Violations(Logits([2, 2], [1, 2, 3]))), StringComparison.Ordinal);

    [Fact]
    public void Violations_LogitsNotFinite_AreNamed() => Assert.Single(Violations(Logits([1, 2], [1, float.NaN])));

    [Fact]
    public void Violations_LogitsOfAHugeShape_AreNamed() => Assert.Single(Violations(Logits([65536, 65536], [])));

    [Fact]
    public void Violations_MaskIdAndLogits_AreNamed() =>
        Assert.Single(Violations(Logits([1, 1], [1]) with { MaskId = "m1" }));

    private static SegmentPrompt Logits(int[] shape, float[] values) => new()
    {
        MaskLogits = new MaskLogits(shape, MemoryMarshal.AsBytes<float>(values).ToArray()),
    };

    private static IReadOnlyList<string> Violations(SegmentPrompt prompt) => new SegmentRequest { Prompts = [prompt] }.Violations();
}
