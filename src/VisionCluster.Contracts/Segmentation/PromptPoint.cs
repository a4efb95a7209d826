using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Segmentation;

/// <summary>A click. Pixels of the oriented image, origin top left.</summary>
/// <param name="X">0 to the image's width.</param>
/// <param name="Y">0 to the image's height.</param>
/// <param name="Label">1: belongs to the object, also where JSON says nothing. 0: does not.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.PromptPoint")]
[method: JsonConstructor] // else JSON would make a struct of zeros first, and a click without label a background one
public readonly record struct PromptPoint(
    [property: Id(0)] double X, [property: Id(1)] double Y, [property: Id(2)] int Label = 1);
