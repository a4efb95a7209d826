using VisionCluster.Contracts.Classification;

namespace VisionCluster.Contracts.Tests.Classification;

public sealed class TemplateSetsTests
{
    [Theory]
    [InlineData("none", 1)]
    [InlineData("simple", 1)]
    [InlineData("imagenet7", 7)]
    [InlineData("imagenet80", 80)]
    public void TryGet_NamedSet_HasItsSentencesEachWithOnePlaceForTheLabel(string name, int count)
    {
        Assert.True(TemplateSets.TryGet(name, out var templates));
        Assert.Equal(count, templates.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(count, templates.Count);
        Assert.All(templates, template => Assert.Equal(2, template.Split("{}").Length));
    }

    [Fact]
    public void TryGet_TheSeven_AreAmongTheEighty()
    {
        TemplateSets.TryGet("imagenet7", out var seven);
        TemplateSets.TryGet("imagenet80", out var eighty);
        Assert.Subset(eighty!.ToHashSet(), seven!.ToHashSet());
    }

    [Fact]
    public void TryGet_UnknownName_IsFalse() => Assert.False(TemplateSets.TryGet("imagenet81", out _));

    /// <summary>The digest is of the list in OpenAI's notebook, a line each without a last line break, in its order.</summary>
    [Fact]
    public void TryGet_ImageNet80_IsOpenAIsListInItsOrder()
    {
        Assert.True(TemplateSets.TryGet("imagenet80", out var templates));
        var digest = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', templates)));
        Assert.Equal("4f976686fb651bb5803d4689dcd849f75efe0ef19a3c801355bc9a6f03c8a5af", Convert.ToHexStringLower(digest));
    }
}
