using VisionCluster.Cli.Bench;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Cli.Tests.Bench;

public sealed class OperationRecordTests
{
    [Fact]
    public void Figures_OfAThousandLatencies_TellPercentilesToThreeDigits()
    {
        var record = new OperationRecord("click");
        for (var i = 1; i <= 1000; i++)
        {
            record.Succeeded(TimeSpan.FromMilliseconds(i), StageTimings.Zero);
        }

        var figures = record.Figures(TimeSpan.FromSeconds(4));

        Assert.Equal((1000, 250.0), (figures.Succeeded, figures.PerSecond));
        Assert.Equal(500, figures.Latency.P50, 500 * 0.001);
        Assert.Equal(900, figures.Latency.P90, 900 * 0.001);
        Assert.Equal(990, figures.Latency.P99, 990 * 0.001);
        Assert.Equal(999, figures.Latency.P999, 999 * 0.001);
        Assert.Equal(1000, figures.Latency.Max, 1000 * 0.001);
        Assert.Equal(500.5, figures.Latency.Mean, 1.0);
    }

    [Fact]
    public void Figures_OfStages_AddUpToTheLatency()
    {
        var record = new OperationRecord("click");
        record.Succeeded(TimeSpan.FromMilliseconds(20), new StageTimings(1, 2, 3, 4, 5));
        record.Succeeded(TimeSpan.FromMilliseconds(40), new StageTimings(3, 4, 5, 6, 7));

        var stages = record.Figures(TimeSpan.FromSeconds(1)).Stages;

        Assert.Equal(new StageFigures(2, 3, 4, 5, 6, 10), stages);
    }

    [Fact]
    public void Figures_OfFailures_CountThemByCodeAndNotAsAnswers()
    {
        var record = new OperationRecord("click");
        record.Failed(VisionErrorCode.DeadlineExceeded);
        record.Failed(VisionErrorCode.DeadlineExceeded);
        record.Failed(VisionErrorCode.ImageNotFound);

        var figures = record.Figures(TimeSpan.FromSeconds(1));

        Assert.Equal(0, figures.Succeeded);
        Assert.Equal(2, figures.Failed[nameof(VisionErrorCode.DeadlineExceeded)]);
        Assert.Equal(1, figures.Failed[nameof(VisionErrorCode.ImageNotFound)]);
        Assert.Equal(0, figures.Latency.Max);
    }
}
