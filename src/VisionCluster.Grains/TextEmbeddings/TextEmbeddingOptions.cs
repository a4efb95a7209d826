using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>Bounds of the text caches; section <c>Vision:TextEmbeddings</c>.</summary>
public sealed class TextEmbeddingOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:TextEmbeddings";

    /// <summary>Most label embeddings that a silo keeps for its sessions.</summary>
    [Range(1, 10_000_000)]
    public int LabelsPerSilo { get; set; } = 20_000;

    /// <summary>Most label embeddings of each of a model's shards.</summary>
    [Range(1, 10_000_000)]
    public int LabelsPerShard { get; set; } = 2_000;

    /// <summary>How long Redis keeps a label embedding after it was computed.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan StoredFor { get; set; } = TimeSpan.FromDays(30);
}
