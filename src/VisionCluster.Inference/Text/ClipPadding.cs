using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Text;

/// <summary>What fills a text up to the context length.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClipPadding>))]
public enum ClipPadding
{
    /// <summary>Token 0 (openai/CLIP).</summary>
    [JsonStringEnumMemberName("zero")]
    Zero = 0,

    /// <summary>The end-of-text token (Hugging Face).</summary>
    [JsonStringEnumMemberName("eot")]
    Eot = 1,
}
