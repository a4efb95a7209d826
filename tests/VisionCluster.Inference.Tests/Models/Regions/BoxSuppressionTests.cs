using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Models.Regions;

namespace VisionCluster.Inference.Tests.Models.Regions;

public sealed class BoxSuppressionTests
{
    private static readonly RegionScoring Hard = new(0.01f, true, ScoreFusion.None, 0.1f, 0.5f, 10);

    private static readonly List<ScoredBox> Candidates =
    [
        Box(0, label: 0, 0.9f, 0), Box(1, label: 0, 0.8f, 1), Box(1, label: 1, 0.7f, 1), Box(50, label: 0, 0.6f, 2),
    ];

    [Fact]
    public void Run_Hard_DropsOverlapsOfTheSameLabelOnly() =>
        Assert.Equal([(0, 0), (1, 1), (0, 2)], BoxSuppression.Run(Candidates, Hard).Select(box => (box.Label, box.Proposal)));

    [Fact]
    public void Run_Soft_KeepsThemWithALowerScore()
    {
        var kept = BoxSuppression.Run(Candidates, Hard with { Nms = NmsMode.Soft });
        Assert.Equal([(0, 0), (1, 1), (0, 2), (0, 1)], kept.Select(box => (box.Label, box.Proposal)));
        Assert.InRange(kept[3].Score, 0.1, 0.4);
        Assert.Equal(0.8f, kept[3].Probability);
    }

    [Fact]
    public void Run_TopK_KeepsTheBest() => Assert.Equal([0.9f, 0.7f], BoxSuppression.Run(Candidates, Hard with { TopK = 2 }).Select(box => box.Score));

    private static ScoredBox Box(double x, int label, float score, int proposal) =>
        new(new PixelBox(x, 0, x + 10, 10), label, score, score, null, proposal);
}
