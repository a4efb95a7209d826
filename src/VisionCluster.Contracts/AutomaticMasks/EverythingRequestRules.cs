namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>What an <see cref="EverythingRequest"/> must keep to.</summary>
internal static class EverythingRequestRules
{
    private const int MaxPointsPerBatch = 1024;
    private const float MaxOffset = 1000;

    public static List<string> Violations(EverythingRequest request)
    {
        var found = new List<string>();
        Check(request.PointsPerBatch is >= 1 and <= MaxPointsPerBatch, $"'pointsPerBatch' must be from 1 to {MaxPointsPerBatch}.", found);
        Check(request.PredIouThresh is >= 0 and <= 1, "'predIouThresh' must be from 0 to 1.", found);
        Check(request.StabilityScoreThresh is >= 0 and <= 1, "'stabilityScoreThresh' must be from 0 to 1.", found);
        Check(request.StabilityScoreOffset is >= 0 and <= MaxOffset, $"'stabilityScoreOffset' must be from 0 to {MaxOffset}.", found);
        Check(request.BoxNmsThresh is >= 0 and <= 1, "'boxNmsThresh' must be from 0 to 1.", found);
        Check(request.CropNmsThresh is >= 0 and <= 1, "'cropNmsThresh' must be from 0 to 1.", found);
        Check(request.CropOverlapRatio is >= 0 and < 1, "'cropOverlapRatio' must be from 0 to less than 1.", found);
        Check(request.MinMaskRegionArea >= 0, "'minMaskRegionArea' must not be negative.", found);
        Check(Enum.IsDefined(request.OutputMode), "'outputMode' must be a known one.", found);
        if (request.CropNLayers is < 0 or > EverythingRequest.MaxCropLayers)
        {
            found.Add($"'cropNLayers' must be from 0 to {EverythingRequest.MaxCropLayers}.");
            return found;
        }

        var before = found.Count;
        CheckGrids(request, found);
        if (found.Count == before && TotalPoints(request) > EverythingRequest.MaxTotalPoints)
        {
            found.Add($"The grids of all crops have more than {EverythingRequest.MaxTotalPoints} points.");
        }

        return found;
    }

    private static void CheckGrids(EverythingRequest request, List<string> found)
    {
        if (request.PointGrids is not { } grids)
        {
            var known = request.PointsPerSide is null or (>= 1 and <= EverythingRequest.MaxPointsPerSide);
            Check(known, $"'pointsPerSide' must be from 1 to {EverythingRequest.MaxPointsPerSide}.", found);
            Check(
                !known || (request.CropNPointsDownscaleFactor is >= 1 and <= EverythingRequest.MaxPointsPerSide
                && PointsPerSide(request, request.CropNLayers) >= 1),
                "'cropNPointsDownscaleFactor' must be at least 1 and leave the last layer a point.", found);
            return;
        }

        Check(request.PointsPerSide is null, "Give 'pointsPerSide' or 'pointGrids', not both.", found);
        Check(
            grids.Count == request.CropNLayers + 1 && grids.All(grid => grid is { Count: > 0 })
            && grids.All(grid => grid.All(point => point is [>= 0 and <= 1, >= 0 and <= 1])),
            "'pointGrids' must hold 'cropNLayers' + 1 grids of at least one point [x, y] from 0 to 1.", found);
    }

    private static long TotalPoints(EverythingRequest request) => Enumerable.Range(0, request.CropNLayers + 1).Sum(layer =>
        (1L << (2 * layer)) * (request.PointGrids?[layer].Count ?? (long)Math.Pow(PointsPerSide(request, layer), 2)));

    private static int PointsPerSide(EverythingRequest request, int layer) =>
        (int)((request.PointsPerSide ?? EverythingRequest.DefaultPointsPerSide)
            / Math.Pow(request.CropNPointsDownscaleFactor, layer));

    private static void Check(bool kept, string message, List<string> found)
    {
        if (!kept)
        {
            found.Add(message);
        }
    }
}
