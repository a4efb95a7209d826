using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>How an embedding is written in JSON.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EmbeddingEncoding>))]
public enum EmbeddingEncoding
{
    /// <summary>An array of numbers.</summary>
    [JsonStringEnumMemberName("float")]
    Numbers = 0,

    /// <summary>A string: base64 of little-endian float32.</summary>
    [JsonStringEnumMemberName("base64")]
    Base64 = 1,
}
