namespace VisionCluster.Contracts.Detection;

/// <summary>What a caller's box must keep to: finite edges in order, some of it inside the image.</summary>
internal static class PixelBoxRules
{
    public static void Check(PixelBox box, string path, double width, double height, List<string> found)
    {
        if (!(double.IsFinite(box.X0) && double.IsFinite(box.Y0) && double.IsFinite(box.X1) && double.IsFinite(box.Y1)))
        {
            found.Add($"'{path}' must have finite edges.");
        }
        else if (box.X1 <= box.X0 || box.Y1 <= box.Y0)
        {
            found.Add($"'{path}' has no area: x1 must be greater than x0, y1 greater than y0.");
        }
        else if (box.X0 < 0 || box.Y0 < 0 || box.X1 > width || box.Y1 > height)
        {
            found.Add($"'{path}' reaches beyond the image.");
        }
    }
}
