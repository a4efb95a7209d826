namespace VisionCluster.Contracts.Segmentation;

/// <summary>
/// One connected piece of a mask by its outlines. Corners are pixel corners (0 to the image's width or height), so that
/// filling the polygon gives the mask back pixel by pixel. Pieces that touch only at a corner are polygons of their own.
/// </summary>
/// <param name="Exterior"><c>[x0, y0, x1, y1, ...]</c>, clockwise as seen on the screen; the last corner joins the first.</param>
/// <param name="Holes">Outlines of what is cut out, counter-clockwise; mostly none.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.MaskPolygon")]
public sealed record MaskPolygon(
    [property: Id(0)] IReadOnlyList<int> Exterior, [property: Id(1)] IReadOnlyList<IReadOnlyList<int>> Holes);
