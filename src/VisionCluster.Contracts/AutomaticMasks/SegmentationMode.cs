using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>What a record's segmentation is; the names are those of segment-anything's <c>output_mode</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SegmentationMode>))]
public enum SegmentationMode
{
    /// <summary>COCO's compressed run-length encoding.</summary>
    [JsonStringEnumMemberName("coco_rle")]
    CocoRle = 0,

    /// <summary>Column-major run lengths, beginning with the zeros.</summary>
    [JsonStringEnumMemberName("uncompressed_rle")]
    UncompressedRle = 1,

    /// <summary>An 8-bit grey PNG of the image's size, 255 inside.</summary>
    [JsonStringEnumMemberName("binary_mask")]
    BinaryMask = 2,
}
