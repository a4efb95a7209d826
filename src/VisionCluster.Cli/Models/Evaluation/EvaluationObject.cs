using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>An object of a scene, as it truly is.</summary>
/// <param name="Label">An element of the scene's vocabulary.</param>
/// <param name="Box">Around its visible part.</param>
/// <param name="Point">x and y of its most interior visible pixel's centre.</param>
/// <param name="Segmentation">Its visible part.</param>
internal sealed record EvaluationObject(string Label, PixelBox Box, IReadOnlyList<double> Point, EncodedMask Segmentation);
