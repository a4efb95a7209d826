using System.Text.Json;

namespace VisionCluster.TestKit.Samples;

/// <summary>An object of a picture.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Box">x0, y0, x1, y1.</param>
/// <param name="Area">Pixels that can be seen of it.</param>
public sealed record SampleObject(string Label, IReadOnlyList<double> Box, int Area)
{
    /// <summary>Middle of the box.</summary>
    public (double X, double Y) Centre => ((Box[0] + Box[2]) / 2, (Box[1] + Box[3]) / 2);

    internal static SampleObject Read(JsonElement json) => new(
        json.GetProperty("label").GetString()!,
        [.. json.GetProperty("box").EnumerateArray().Select(edge => edge.GetDouble())],
        json.GetProperty("area").GetInt32());
}
