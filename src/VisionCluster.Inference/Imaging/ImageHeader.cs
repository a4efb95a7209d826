namespace VisionCluster.Inference.Imaging;

/// <summary>What is known of a picture before it is decoded.</summary>
/// <param name="Width">Pixels a row, after the EXIF orientation is applied.</param>
/// <param name="Height">Rows, after the EXIF orientation is applied.</param>
/// <param name="Format"><c>jpeg</c>, <c>png</c>, <c>webp</c>, <c>gif</c>, <c>bmp</c> or <c>tiff</c>.</param>
public sealed record ImageHeader(int Width, int Height, string Format);
