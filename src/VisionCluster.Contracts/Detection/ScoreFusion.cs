using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Detection;

/// <summary>How a label's probability and a proposal's objectness become one score.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScoreFusion>))]
public enum ScoreFusion
{
    /// <summary>sqrt(p * sigmoid(objectness)).</summary>
    [JsonStringEnumMemberName("sigmoid")]
    Sigmoid = 0,

    /// <summary>sqrt(p * objectness logit), as github.com/microsoft/RegionCLIP does; boxes of negative logit are dropped.</summary>
    [JsonStringEnumMemberName("raw")]
    Raw = 1,

    /// <summary>p alone.</summary>
    [JsonStringEnumMemberName("none")]
    None = 2,
}
