using VisionCluster.Contracts.AutomaticMasks;

namespace VisionCluster.Contracts.Tests.AutomaticMasks;

public sealed class EverythingRequestTests
{
    public static TheoryData<EverythingRequest> Wrong =>
    [
        new() { PointsPerSide = 0 },
        new() { PointsPerSide = 65 },
        new() { PointsPerBatch = 0 },
        new() { PredIouThresh = float.NaN },
        new() { StabilityScoreThresh = 1.1f },
        new() { StabilityScoreOffset = float.PositiveInfinity },
        new() { BoxNmsThresh = -0.1f },
        new() { CropNLayers = 4 },
        new() { CropNmsThresh = 2 },
        new() { CropOverlapRatio = 1 },
        new() { CropNPointsDownscaleFactor = 0 },
        new() { PointsPerSide = 2, CropNLayers = 2, CropNPointsDownscaleFactor = 2 },
        new() { MinMaskRegionArea = -1 },
        new() { OutputMode = (SegmentationMode)9 },
        new() { PointGrids = [] },
        new() { PointGrids = [[]] },
        new() { PointGrids = [[[0.5, 1.5]]] },
        new() { PointGrids = [[[0.5]]] },
        new() { PointGrids = [[[0.5, 0.5]]], CropNLayers = 1 },
        new() { PointGrids = [[[0.5, 0.5]]], PointsPerSide = 4 },
        new() { PointsPerSide = 64, CropNLayers = 2 },
    ];

    [Fact]
    public void Defaults_AreThoseOfTheOriginal()
    {
        var request = new EverythingRequest();

        Assert.Empty(request.Violations());
        Assert.Equal(
            (64, 0.88f, 0.95f, 1f, 0.7f, 0, 0.7f, 512d / 1500, 1, 0),
            (request.PointsPerBatch, request.PredIouThresh, request.StabilityScoreThresh, request.StabilityScoreOffset,
                request.BoxNmsThresh, request.CropNLayers, request.CropNmsThresh, request.CropOverlapRatio,
                request.CropNPointsDownscaleFactor, request.MinMaskRegionArea));
    }

    [Theory, MemberData(nameof(Wrong))]
    public void Violations_OneWrongOption_AreNamed(EverythingRequest request) => Assert.Single(request.Violations());

    [Fact]
    public void Violations_GridForEachLayer_AreNone() => Assert.Empty(
        new EverythingRequest { CropNLayers = 1, PointGrids = [[[0.5, 0.5]], [[0, 1], [0.25, 0.75]]] }.Violations());
}
