using VisionCluster.Contracts.AutomaticMasks;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>Grids of points as segment-anything's build_all_layer_point_grids makes them.</summary>
public static class PointGrid
{
    /// <summary>n times n points in the middle of equal cells, x before y, 0 to 1.</summary>
    public static (double X, double Y)[] Build(int pointsPerSide)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pointsPerSide);
        var offset = 1 / (2d * pointsPerSide);
        // As numpy's linspace: a step from the first point, and the last one exact.
        var step = pointsPerSide > 1 ? (1 - (2 * offset)) / (pointsPerSide - 1) : 0;
        var points = new (double X, double Y)[pointsPerSide * pointsPerSide];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = (At(i % pointsPerSide), At(i / pointsPerSide));
        }

        return points;

        double At(int i) => i > 0 && i == pointsPerSide - 1 ? 1 - offset : offset + (i * step);
    }

    /// <summary>The grid of a crop layer of a request without violations.</summary>
    /// <param name="request">Gives grids, or the points of a side and what they are divided by for each layer.</param>
    /// <param name="layer">0 for the whole image.</param>
    public static (double X, double Y)[] Of(EverythingRequest request, int layer)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.PointGrids is { } grids)
        {
            return [.. grids[layer].Select(point => (point[0], point[1]))];
        }

        var side = request.PointsPerSide ?? EverythingRequest.DefaultPointsPerSide;
        return Build((int)(side / Math.Pow(request.CropNPointsDownscaleFactor, layer)));
    }
}
