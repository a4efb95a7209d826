using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>
/// A record's mask in the form that was asked for. In JSON <c>{"size": [h, w], "counts": "..."}</c>, the same with
/// <c>counts</c> as an array of numbers, or the PNG in base64.
/// </summary>
/// <param name="Size">Height and width of the image, pixels.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.MaskSegmentation")]
[JsonConverter(typeof(MaskSegmentationConverter))]
public sealed record MaskSegmentation([property: Id(0)] IReadOnlyList<int> Size)
{
    /// <summary>Set for <see cref="SegmentationMode.CocoRle"/>: six-bit characters.</summary>
    [Id(1)]
    public string? Counts { get; init; }

    /// <summary>Set for <see cref="SegmentationMode.UncompressedRle"/>.</summary>
    [Id(2)]
    public ReadOnlyMemory<uint>? Runs { get; init; }

    /// <summary>Set for <see cref="SegmentationMode.BinaryMask"/>: the file.</summary>
    [Id(3)]
    public ReadOnlyMemory<byte>? Png { get; init; }
}
