using VisionCluster.Contracts.Detection;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>A box with one label's score.</summary>
/// <param name="Box">Where.</param>
/// <param name="Label">Which label.</param>
/// <param name="Score">Fused score.</param>
/// <param name="Probability">The label's share of the softmax.</param>
/// <param name="Objectness">The proposal's logit; null for a caller's box.</param>
/// <param name="Proposal">Which proposal.</param>
internal readonly record struct ScoredBox(
    PixelBox Box, int Label, float Score, float Probability, float? Objectness, int Proposal);
