using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Segmentation;

/// <summary>How masks are sent back.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MaskFormat>))]
public enum MaskFormat
{
    /// <summary>COCO's compressed run-length encoding.</summary>
    [JsonStringEnumMemberName("rle")]
    Rle = 0,

    /// <summary>An 8-bit grey PNG of the image's size, 255 inside.</summary>
    [JsonStringEnumMemberName("png")]
    Png = 1,

    /// <summary>Score, area and box only.</summary>
    [JsonStringEnumMemberName("none")]
    None = 2,

    /// <summary>Outlines with holes, one polygon for each connected piece.</summary>
    [JsonStringEnumMemberName("polygon")]
    Polygon = 3,
}
