using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// Prompts in the decoder's terms, as <c>SamPredictor</c> and <c>SamOnnxModel</c> of
/// github.com/facebookresearch/segment-anything have them: points scaled into the model's frame, a box as two points
/// of labels 2 and 3, and without a box one padding point of label -1.
/// </summary>
internal static class SamPromptEncoding
{
    private const int TopLeft = 2;
    private const int BottomRight = 3;
    private const int Padding = -1;

    public static (float[] Coordinates, float[] Labels) Encode(SegmentPrompt prompt, ResizeGeometry geometry, bool padWithoutBox)
    {
        var extra = prompt.Box is not null ? 2 : padWithoutBox ? 1 : 0;
        var count = prompt.Points.Count + extra;
        var coordinates = new float[count * 2];
        var labels = new float[count];
        for (var i = 0; i < prompt.Points.Count; i++)
        {
            var point = prompt.Points[i];
            Put(i, geometry.Map(point.X, point.Y), point.Label);
        }

        if (prompt.Box is { } box)
        {
            Put(count - 2, geometry.Map(box.X0, box.Y0), TopLeft);
            Put(count - 1, geometry.Map(box.X1, box.Y1), BottomRight);
        }
        else if (padWithoutBox)
        {
            labels[count - 1] = Padding;
        }

        return (coordinates, labels);

        void Put(int index, (float X, float Y) point, int label)
        {
            coordinates[index * 2] = point.X;
            coordinates[(index * 2) + 1] = point.Y;
            labels[index] = label;
        }
    }
}
