using System.Text;
using CsCheck;
using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Tests.Text;

public sealed class ClipVocabularyTests
{
    private static readonly string[] _odd =
        ["\U0001F600", "\U0001F468\u200D\U0001F469", "\u1E9E", "!!!!!!!!!!!", "\u017F", "</w>", "a</w>b"];

    private static readonly Lazy<(ClipVocabulary Vocabulary, List<string> Merges)> _standard = new(() =>
    {
        string[] lines = File.ReadAllLines(StandardMerges.Path);
        return (ClipVocabulary.Read(lines), [.. lines.Skip(1).Where(line => line.Length > 0)]);
    });

    [Fact]
    public void Split_AnyWord_IsThatOfThePlainRule()
    {
        var plain = new PlainBytePairs(_standard.Value.Merges);
        Gen<string> words = Gen.OneOf(
            Gen.String[Gen.Char["etaoinshrdlu"], 1, 24],
            Gen.String[Gen.Char[' ', '\u04FF'], 1, 12],
            Gen.Int[0, _odd.Length - 1].Select(i => _odd[i]));

        words.Sample(word =>
        {
            int[] expected = plain.Split(word);

            Assert.Equal(expected, _standard.Value.Vocabulary.Split(word));
        });
    }

    [Fact]
    public void Split_AnyWord_DecodesToTheWord() => Gen.String[Gen.Char[' ', '\uD7FF'], 1, 40].Sample(word =>
        Assert.Equal(word + " ", _standard.Value.Vocabulary.Text(_standard.Value.Vocabulary.Split(word))));

    [Fact]
    public void Split_EndlessWord_CostsNoMoreThanManyShortOnes()
    {
        string word = string.Concat(Enumerable.Repeat("abracadabra", 372));

        int[] tokens = _standard.Value.Vocabulary.Split(word);

        Assert.Equal(Encoding.UTF8.GetBytes(word + " "), Encoding.UTF8.GetBytes(_standard.Value.Vocabulary.Text(tokens)));
    }
}
