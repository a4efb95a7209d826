using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Detection;

/// <summary>What becomes of boxes that overlap a better one of their label.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NmsMode>))]
public enum NmsMode
{
    /// <summary>Dropped, above an overlap.</summary>
    [JsonStringEnumMemberName("hard")]
    Hard = 0,

    /// <summary>Their score falls with the overlap (Soft-NMS, arXiv 1704.04503, Gaussian).</summary>
    [JsonStringEnumMemberName("soft")]
    Soft = 1,
}
