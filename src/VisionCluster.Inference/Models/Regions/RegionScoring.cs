using VisionCluster.Contracts.Detection;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>How similarities become scores.</summary>
/// <param name="Temperature">Cosines are divided by it before the softmax.</param>
/// <param name="Background">Whether a class of similarity 0 takes part.</param>
/// <param name="Fusion">How probability and objectness become one score.</param>
/// <param name="ScoreThreshold">Lower scores are dropped, and equal ones.</param>
/// <param name="NmsIou">Of two boxes of one label with a greater IoU the weaker is dropped.</param>
/// <param name="TopK">How many are kept.</param>
/// <param name="Nms">Whether it is dropped, or its score falls.</param>
/// <param name="NmsSigma">How slowly it falls.</param>
internal sealed record RegionScoring(
    float Temperature, bool Background, ScoreFusion Fusion, float ScoreThreshold, float NmsIou, int TopK,
    NmsMode Nms = NmsMode.Hard, float NmsSigma = 0.5f);
