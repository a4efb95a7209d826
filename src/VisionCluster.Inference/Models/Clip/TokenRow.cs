namespace VisionCluster.Inference.Models.Clip;

/// <summary>A text as tokens.</summary>
/// <param name="Ids">As many as the context is long, padded.</param>
/// <param name="Length">How many of them are the text's own, with its first and last.</param>
internal sealed record TokenRow(long[] Ids, int Length);
