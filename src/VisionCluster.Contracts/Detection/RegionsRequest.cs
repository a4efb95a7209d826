namespace VisionCluster.Contracts.Detection;

/// <summary>Boxes of an image to embed.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.RegionsRequest")]
public sealed record RegionsRequest
{
    /// <summary>A region model's name, or with <see cref="RegionEncoder.Crop"/> a CLIP model's; null is the default.</summary>
    [Id(0)]
    public string? Model { get; init; }

    /// <summary>1 to <see cref="DetectRequest.MaxBoxes"/> boxes.</summary>
    [Id(1)]
    public IReadOnlyList<PixelBox> Boxes { get; init; } = [];

    /// <summary>How boxes become embeddings; null: on the feature map where a model for that is loaded, else by crops.</summary>
    [Id(2)]
    public RegionEncoder? RegionEncoder { get; init; }

    /// <summary>Everything that is wrong with the request for an image of this size; empty where nothing is.</summary>
    /// <param name="width">Image width, pixels; null where it is not known yet.</param>
    /// <param name="height">Image height, pixels; null where it is not known yet.</param>
    public IReadOnlyList<string> Violations(int? width = null, int? height = null)
    {
        var found = new List<string>();
        if (Boxes is not { Count: >= 1 and <= DetectRequest.MaxBoxes })
        {
            found.Add($"'boxes' must hold 1 to {DetectRequest.MaxBoxes} boxes.");
            return found;
        }

        for (var i = 0; i < Boxes.Count; i++)
        {
            PixelBoxRules.Check(Boxes[i], $"boxes[{i}]", width ?? double.MaxValue, height ?? double.MaxValue, found);
        }

        if (RegionEncoder is { } encoder && !Enum.IsDefined(encoder))
        {
            found.Add("'regionEncoder' must be roi or crop.");
        }

        return found;
    }
}
