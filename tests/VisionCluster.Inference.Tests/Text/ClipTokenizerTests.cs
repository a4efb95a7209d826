using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Tests.Text;

public sealed class ClipTokenizerTests
{
    private static readonly ClipTokenizer _tokenizer = StandardMerges.Tokenizer;

    [Fact]
    public void VocabularySize_StandardMerges_IsClips() =>
        Assert.Equal((49408, 49406, 49407), (_tokenizer.VocabularySize, _tokenizer.SotToken, _tokenizer.EotToken));

    [Theory]
    [InlineData("a photo of a cat", new long[] { 49406, 320, 1125, 539, 320, 2368, 49407 })]
    [InlineData("  A PHOTO\tof a\ncat ", new long[] { 49406, 320, 1125, 539, 320, 2368, 49407 })]
    public void Encode_KnownText_IsClipsTokens(string text, long[] expected)
    {
        long[] ids = new long[9];

        int count = _tokenizer.Encode(text, ids, truncate: false, ClipPadding.Eot);

        Assert.Equal(expected.Length, count);
        Assert.Equal([.. expected, 49407, 49407], ids);
        Assert.Equal(count, _tokenizer.Count(text));
    }

    [Fact]
    public void Encode_TooLong_ThrowsUnlessTruncated()
    {
        long[] ids = new long[4];

        var error = Assert.Throws<VisionException>(() => _tokenizer.Encode("a photo of a cat", ids, false, ClipPadding.Zero));
        int count = _tokenizer.Encode("a photo of a cat", ids, truncate: true, ClipPadding.Zero);

        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
        Assert.Equal(4, count);
        Assert.Equal([49406, 320, 1125, 49407], ids);
    }

    [Fact]
    public void Encode_OverTheCharacterLimit_IsInvalid() => Assert.Throws<VisionException>(() =>
        _tokenizer.Count(new string('a', ClipTokenizer.MaxCharacters + 1)));

    [Theory]
    [InlineData("caf\u00C3\u00A9", "caf\u00E9")]
    [InlineData("caf&eacute;", "caf\u00E9")]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("\u201Chi\u201D \u2018x\u2019", "\"hi\" 'x'")]
    [InlineData("\uFF28\uFF29", "hi")]
    [InlineData("\u039F\u03A3", "\u03BF\u03C2")]
    [InlineData("a\u0007b", "ab")]
    public void Encode_TextToRepair_IsThatOfTheRepairedText(string text, string repaired)
    {
        long[] first = new long[20];
        long[] second = new long[20];

        _tokenizer.Encode(text, first, true, ClipPadding.Zero);
        _tokenizer.Encode(repaired, second, true, ClipPadding.Zero);

        Assert.Equal(second, first);
    }

    [Fact]
    public void FromMerges_UnknownToken_Throws() => Assert.Throws<VisionException>(() =>
        ClipTokenizer.FromMerges(["#version: 0.2", "a b", "abc d"]));
}
