using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Detection;

/// <summary>Where candidate boxes come from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ProposalSource>))]
public enum ProposalSource
{
    /// <summary>A region proposal network.</summary>
    [JsonStringEnumMemberName("rpn")]
    Rpn = 0,

    /// <summary>The caller.</summary>
    [JsonStringEnumMemberName("boxes")]
    Boxes = 1,

    /// <summary>All masks of the image that SAM finds by itself, their boxes and predicted IoU.</summary>
    [JsonStringEnumMemberName("everything")]
    Everything = 2,
}
