namespace VisionCluster.Inference.Models.Proposals;

/// <summary>What a detector found.</summary>
/// <param name="Boxes">x0, y0, x1, y1 of each, pixels of its input.</param>
/// <param name="Scores">0 to 1 each.</param>
internal sealed record DetectorOutput(float[] Boxes, float[] Scores);
