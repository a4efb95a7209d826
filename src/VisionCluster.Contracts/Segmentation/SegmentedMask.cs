using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Segmentation;

/// <summary>A mask, the size of the oriented image.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.SegmentedMask")]
public sealed record SegmentedMask
{
    /// <summary>Names the mask in later prompts of the same session while the session keeps it.</summary>
    [Id(0)]
    public required string MaskId { get; init; }

    /// <summary>The model's guess of the mask's IoU with the truth, about 0 to 1; for a text prompt the detection's score.</summary>
    [Id(1)]
    public required float Score { get; init; }

    /// <summary>Pixels inside.</summary>
    [Id(2)]
    public required long Area { get; init; }

    /// <summary>COCO's <c>[x, y, width, height]</c>; all zero for an empty mask.</summary>
    [Id(3)]
    public required IReadOnlyList<int> Bbox { get; init; }

    /// <summary>For a text prompt: what was found.</summary>
    [Id(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Label { get; init; }

    /// <summary>Set for <see cref="MaskFormat.Rle"/>.</summary>
    [Id(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EncodedMask? Rle { get; init; }

    /// <summary>Set for <see cref="MaskFormat.Png"/>: the file, base64 in JSON.</summary>
    [Id(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadOnlyMemory<byte>? Png { get; init; }

    /// <summary>Set where logits were asked for.</summary>
    [Id(7)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaskLogits? Logits { get; init; }

    /// <summary>Set for <see cref="MaskFormat.Polygon"/>; no polygon for an empty mask.</summary>
    [Id(8)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MaskPolygon>? Polygons { get; init; }
}
