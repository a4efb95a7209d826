using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Sessions;

/// <summary>Whether a session's embedding is at hand on its device.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EmbeddingState>))]
public enum EmbeddingState
{
    /// <summary>Not computed, or evicted: the next call that needs it computes it.</summary>
    [JsonStringEnumMemberName("absent")]
    Absent = 0,

    /// <summary>Being computed; calls that need it wait for this one run.</summary>
    [JsonStringEnumMemberName("computing")]
    Computing = 1,

    /// <summary>On the device.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready = 2,
}
