using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Catalog;

/// <summary>In what numbers a model's feature maps are kept between calls; graphs are fed float32 either way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EmbeddingPrecision>))]
public enum EmbeddingPrecision
{
    /// <summary>As the encoder put them out.</summary>
    [JsonStringEnumMemberName("float32")]
    Full = 0,

    /// <summary>Half the bytes, about three decimal digits.</summary>
    [JsonStringEnumMemberName("float16")]
    Half = 1,
}
