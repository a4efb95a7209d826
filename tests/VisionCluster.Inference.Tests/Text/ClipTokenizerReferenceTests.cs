using System.Text.Json;
using VisionCluster.Inference.Text;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Text;

public sealed class ClipTokenizerReferenceTests
{
    private static readonly ClipTokenizer _tokenizer = StandardMerges.Tokenizer;

    [ReferenceFact]
    public void Encode_TextThatFtfyLeavesAlone_IsExact()
    {
        List<string> wrong = [.. Cases().Where(c => !c.GetProperty("ftfy_changed").GetBoolean()).Select(Difference).OfType<string>()];

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [ReferenceFact]
    public void Encode_TextThatFtfyRepairs_IsMostlyExact()
    {
        List<JsonElement> cases = [.. Cases().Where(c => c.GetProperty("ftfy_changed").GetBoolean())];
        List<string> wrong = [.. cases.Select(Difference).OfType<string>()];
        double share = 1 - ((double)wrong.Count / cases.Count);

        Assert.True(share >= 0.85, $"{share:P1}\n{string.Join("\n", wrong)}");
    }

    [ReferenceFact]
    public void Decode_RecordedTokens_IsTheRecordedText()
    {
        foreach (JsonElement c in ReferenceFiles.Json("tokenizer/tokenizer_extra.json").GetProperty("decode").EnumerateArray())
        {
            int[] ids = [.. c.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];

            Assert.Equal(c.GetProperty("text").GetString(), _tokenizer.Decode(ids));
        }
    }

    [ReferenceFact]
    public void Encode_OtherContextLengths_Truncates()
    {
        foreach (JsonElement c in ReferenceFiles.Json("tokenizer/tokenizer_extra.json").GetProperty("context_length").EnumerateArray())
        {
            long[] ids = new long[c.GetProperty("context_length").GetInt32()];

            _tokenizer.Encode(c.GetProperty("text").GetString()!, ids, truncate: true, ClipPadding.Zero);

            Assert.Equal(c.GetProperty("tokens").EnumerateArray().Select(i => i.GetInt64()), ids);
        }
    }

    private static JsonElement.ArrayEnumerator Cases() =>
        ReferenceFiles.Json("tokenizer/tokenizer.json").GetProperty("cases").EnumerateArray();

    private static string? Difference(JsonElement c)
    {
        string text = c.GetProperty("text").GetString()!;
        long[] ids = new long[77];
        _tokenizer.Encode(text, ids, truncate: true, ClipPadding.Zero);
        bool fits = _tokenizer.Count(text) <= 77;
        bool same = ids.SequenceEqual(c.GetProperty("tokens").EnumerateArray().Select(i => i.GetInt64()))
            && fits != c.GetProperty("raises_without_truncate").GetBoolean();
        return same ? null : $"{c.GetProperty("category")}: {JsonSerializer.Serialize(text)} should be "
            + JsonSerializer.Serialize(c.GetProperty("cleaned").GetString());
    }
}
