using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Detection;

/// <summary>How a box becomes an embedding.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RegionEncoder>))]
public enum RegionEncoder
{
    /// <summary>RoIAlign on one feature map of the whole image (RegionCLIP, arXiv 2112.09106): one image pass for all boxes.</summary>
    [JsonStringEnumMemberName("roi")]
    Roi = 0,

    /// <summary>Each box is cut out and embedded as an image of its own.</summary>
    [JsonStringEnumMemberName("crop")]
    Crop = 1,
}
