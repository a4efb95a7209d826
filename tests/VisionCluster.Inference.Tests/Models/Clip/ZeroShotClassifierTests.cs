using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Inference.Models.Clip;

namespace VisionCluster.Inference.Tests.Models.Clip;

public sealed class ZeroShotClassifierTests
{
    private const float Scale = 10;

    private static readonly float[] Image = [0.6f, 0.8f];
    private static readonly LabelEmbeddings Labels = new(2, new float[] { 1, 0, 0, 1, 0.6f, 0.8f, -1, 0 });
    private static readonly string[] Names = ["right", "up", "same", "left"];

    [Fact]
    public void Rank_Cosine_IsTheProductItself()
    {
        var ranked = Rank(ScoreMode.Cosine, 4);
        Assert.Equal(["same", "up", "right", "left"], ranked.Select(label => label.Label));
        Assert.Equal([1, 0.8f, 0.6f, -0.6f], ranked.Select(label => label.Score), Near);
    }

    [Fact]
    public void Rank_Sigmoid_ScoresEachLabelByItself()
    {
        var all = Rank(ScoreMode.Sigmoid, 4);
        Assert.Equal(all.Select(label => 1 / (1 + MathF.Exp(-Scale * label.Similarity))), all.Select(label => label.Score), Near);
        var fewer = ZeroShotClassifier.Rank(Image, new LabelEmbeddings(2, new float[] { 1, 0 }), ["right"], ScoreMode.Sigmoid, Scale, 4);
        Assert.Equal(all.Single(label => label.Label == "right").Score, Assert.Single(fewer).Score, 6);
    }

    [Fact]
    public void Rank_Softmax_SharesOneAmongAllLabelsWhateverIsSent()
    {
        var all = Rank(ScoreMode.Softmax, 4);
        Assert.Equal(1, all.Sum(label => label.Score), 5);
        Assert.Equal(MathF.Exp(Scale * 0.2f), all[0].Score / all[1].Score, 3);
        Assert.Equal(all.Take(2), Rank(ScoreMode.Softmax, 2));
    }

    [Theory]
    [InlineData(ScoreMode.Softmax)]
    [InlineData(ScoreMode.Sigmoid)]
    public void Rank_LargeScale_StaysFinite(ScoreMode mode) => Assert.All(
        ZeroShotClassifier.Rank(Image, Labels, Names, mode, 10_000, 4), label => Assert.InRange(label.Score, 0, 1));

    [Fact]
    public void Rank_EqualScores_KeepTheOrderOfTheRequest()
    {
        var ranked = ZeroShotClassifier.Rank(Image, new LabelEmbeddings(2, new float[] { 1, 0, 1, 0, 1, 0 }), ["a", "b", "c"], ScoreMode.Cosine, Scale, 2);
        Assert.Equal(["a", "b"], ranked.Select(label => label.Label));
    }

    private static IReadOnlyList<ScoredLabel> Rank(ScoreMode mode, int topK) =>
        ZeroShotClassifier.Rank(Image, Labels, Names, mode, Scale, topK);

    private static bool Near(float expected, float actual) => MathF.Abs(expected - actual) < 1e-5f;
}
