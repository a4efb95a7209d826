using VisionCluster.Cli.Models.Evaluation;

namespace VisionCluster.Cli.Tests.Models;

public sealed class AveragePrecisionTests
{
    [Fact]
    public void Of_RightAnswersFirst_IsOne() => Assert.Equal(1, AveragePrecision.Of([(0.9, true), (0.8, true), (0.1, false)], 2), 9);

    [Fact]
    public void Of_HalfFound_IsHalf() => Assert.Equal(0.5, AveragePrecision.Of([(0.9, true)], 2), 9);

    [Fact]
    public void Of_MixedAnswers_IsTheAreaUnderTheMonotoneCurve() =>
        // Precision at the three hits: 1/1, 2/3, 3/4; the second is raised to 3/4.
        Assert.Equal((1 + 0.75 + 0.75) / 4, AveragePrecision.Of([(0.6, true), (0.9, true), (0.7, true), (0.8, false)], 4), 9);

    [Fact]
    public void Of_Nothing_IsZero() => Assert.Equal(0, AveragePrecision.Of([], 3));
}
