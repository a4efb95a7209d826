using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Imaging;

/// <summary>Which of a picture's channels is a tensor's first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChannelOrder>))]
public enum ChannelOrder
{
    /// <summary>Red.</summary>
    [JsonStringEnumMemberName("rgb")]
    Rgb = 0,

    /// <summary>Blue, as Caffe had it.</summary>
    [JsonStringEnumMemberName("bgr")]
    Bgr = 1,
}
