using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Imaging;

/// <summary>The resampling filter; both widen when shrinking, so that no pixel is skipped.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Interpolation>))]
public enum Interpolation
{
    /// <summary>A triangle of support 1.</summary>
    [JsonStringEnumMemberName("bilinear")]
    Bilinear = 0,

    /// <summary>Keys' cubic with a = -0.5, support 2.</summary>
    [JsonStringEnumMemberName("bicubic")]
    Bicubic = 1,
}
