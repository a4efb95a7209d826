using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Classification;

/// <summary>How similarities become scores.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScoreMode>))]
public enum ScoreMode
{
    /// <summary>softmax(logitScale * cosine) over all labels: they add up to 1.</summary>
    [JsonStringEnumMemberName("softmax")]
    Softmax = 0,

    /// <summary>sigmoid(logitScale * cosine), each label for itself.</summary>
    [JsonStringEnumMemberName("sigmoid")]
    Sigmoid = 1,

    /// <summary>The cosine itself.</summary>
    [JsonStringEnumMemberName("cosine")]
    Cosine = 2,
}
