using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Detection;

/// <summary>
/// A box in pixels of the oriented image, <c>[x0, y0, x1, y1]</c> in JSON; x1 and y1 lie outside the box.
/// </summary>
/// <param name="X0">Left edge.</param>
/// <param name="Y0">Top edge.</param>
/// <param name="X1">Right edge, greater than <paramref name="X0"/>.</param>
/// <param name="Y1">Bottom edge, greater than <paramref name="Y0"/>.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.PixelBox")]
[JsonConverter(typeof(PixelBoxJsonConverter))]
public readonly record struct PixelBox(
    [property: Id(0)] double X0, [property: Id(1)] double Y0, [property: Id(2)] double X1, [property: Id(3)] double Y1)
{
    /// <summary>Square pixels; 0 where the edges are crossed.</summary>
    [JsonIgnore]
    public double Area => Math.Max(0, X1 - X0) * Math.Max(0, Y1 - Y0);
}
