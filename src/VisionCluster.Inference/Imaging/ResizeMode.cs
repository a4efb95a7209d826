using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Imaging;

/// <summary>How a picture of any size becomes a square of the model's size.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResizeMode>))]
public enum ResizeMode
{
    /// <summary>The longer side becomes the size, zeros fill up at the right and bottom (SAM).</summary>
    [JsonStringEnumMemberName("longestSidePad")]
    LongestSidePad = 0,

    /// <summary>The shorter side becomes the size, the centre is cut out (CLIP).</summary>
    [JsonStringEnumMemberName("shortestSideCrop")]
    ShortestSideCrop = 1,

    /// <summary>Both sides become the size, whatever the picture's proportions.</summary>
    [JsonStringEnumMemberName("stretch")]
    Stretch = 2,

    /// <summary>
    /// The shorter side to the size, the longer to no more than the largest: a tensor of the picture's own shape, for
    /// detectors alone.
    /// </summary>
    [JsonStringEnumMemberName("shortestSide")]
    ShortestSide = 3,
}
