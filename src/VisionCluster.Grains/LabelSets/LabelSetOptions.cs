using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Grains.LabelSets;

/// <summary>Bounds of a silo's vocabularies; section <c>Vision:LabelSets</c>.</summary>
public sealed class LabelSetOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:LabelSets";

    /// <summary>Most bytes of label matrices, of label sets and of requests, that a silo keeps.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long MatrixBytes { get; set; } = 128L << 20;

    /// <summary>Most label sets whose labels a silo keeps.</summary>
    [Range(1, 1_000_000)]
    public int SetsPerSilo { get; set; } = 256;

    /// <summary>Most label sets of a tenant.</summary>
    [Range(1, 100_000)]
    public int SetsPerTenant { get; set; } = 1000;
}
