using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Catalog;

/// <summary>What kind of model a folder holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelFamily>))]
public enum ModelFamily
{
    /// <summary>Image and text encoders into one space (arXiv 2103.00020).</summary>
    [JsonStringEnumMemberName("clip")]
    Clip = 0,

    /// <summary>Promptable segmentation (arXiv 2304.02643).</summary>
    [JsonStringEnumMemberName("sam")]
    Sam = 1,

    /// <summary>Region proposals and their embeddings in a CLIP model's space (arXiv 2112.09106).</summary>
    [JsonStringEnumMemberName("regionclip")]
    RegionClip = 2,

    /// <summary>Boxes that may hold something: a Faster R-CNN export (arXiv 1506.01497).</summary>
    [JsonStringEnumMemberName("proposals")]
    Proposals = 3,
}
