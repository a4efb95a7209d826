using VisionCluster.Cli.Drawing;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Demo;

/// <summary>An object of a sample picture, as it truly is.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Box">Around its visible part.</param>
/// <param name="Mask">Its visible part.</param>
/// <param name="Colour">What it is drawn with.</param>
internal sealed record SceneObject(string Label, PixelBox Box, MaskBitmap Mask, Swatch Colour);
