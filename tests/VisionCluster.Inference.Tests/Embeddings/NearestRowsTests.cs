using CsCheck;
using VisionCluster.Inference.Embeddings;

namespace VisionCluster.Inference.Tests.Embeddings;

public sealed class NearestRowsTests
{
    [Fact]
    public void Offer_AnyScores_KeepsWhatAStableSortKeeps() => Gen.Select(Gen.Int[0, 9].Array[0, 60], Gen.Int[1, 12]).Sample((scores, capacity) =>
    {
        var nearest = new NearestRows(capacity);
        for (var i = 0; i < scores.Length; i++)
        {
            nearest.Offer(i, scores[i]);
        }

        var expected = scores.Index().OrderByDescending(pair => pair.Item).Take(capacity).Select(pair => pair.Index).Order();
        Assert.Equal(expected, nearest.Rows.Select(row => row.Row).Order());
    });
}
