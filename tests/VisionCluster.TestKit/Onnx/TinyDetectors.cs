using VisionCluster.Inference.Onnx;

namespace VisionCluster.TestKit.Onnx;

/// <summary>
/// Graphs with the signatures of Faster R-CNN exports: free picture sizes, suppression inside, as many boxes as are
/// left. Where the boxes are depends on the picture's size alone, and the first one's score on its first channel.
/// </summary>
public static class TinyDetectors
{
    /// <summary>Boxes before suppression, as parts of the padded picture's width and height.</summary>
    public static readonly float[][] Anchors = [[0.1f, 0.1f, 0.5f, 0.5f], [0.11f, 0.1f, 0.5f, 0.5f], [0.5f, 0.25f, 0.9f, 0.75f]];

    /// <summary>Their scores; the first is multiplied with the mean of the picture's first channel.</summary>
    public static readonly float[] Scores = [1, 0.2f, 0.4f];

    /// <summary>As the ONNX model zoo has it: <c>image</c> [3, height, width]; outputs have numbers as names.</summary>
    public static void SaveZoo(string path)
    {
        var model = new OnnxModelWriter().Input("image", 3, -1, -1);
        Body(model, "image", 1, "6379", "6381", "6383");
        model.Save(path);
    }

    /// <summary>As torchvision exports it: <c>images</c> [1, 3, height, width]; <c>boxes</c>, <c>labels</c>, <c>scores</c>.</summary>
    public static void SaveTorchvision(string path)
    {
        var model = new OnnxModelWriter().Input("images", 1, 3, -1, -1);
        Body(model, "images", 2, "boxes", "labels", "scores");
        model.Save(path);
    }

    private static void Body(OnnxModelWriter model, string input, int heightAxis, string boxes, string labels, string scores)
    {
        var n = Anchors.Length;
        model
            .Constant("height_axis", [1], (long)heightAxis).Constant("width_axis", [1], (long)(heightAxis + 1))
            .Constant("anchors", [n, 4], [.. Anchors.SelectMany(anchor => anchor)])
            .Constant("base", [n], Scores)
            .Constant("rest", [n - 1], [.. Enumerable.Repeat(1f, n - 1)])
            .Constant("first_channel", [1], 0L)
            .Constant("all", [1], -1L).Constant("batch_boxes", [3], 1L, n, 4).Constant("batch_scores", [3], 1L, 1, n)
            .Constant("most", [1], 100L).Constant("iou", [1], 0.5f).Constant("least", [1], 0.05f).Constant("box_column", [], 2L)
            .Constant("ones", [n], [.. Enumerable.Repeat(1L, n)])
            .Node("Shape", [input], ["shape"])
            .Node("Gather", ["shape", "height_axis"], ["height"])
            .Node("Gather", ["shape", "width_axis"], ["width"])
            .Node("Concat", ["width", "height", "width", "height"], ["sides"], ("axis", 0L))
            .Node("Cast", ["sides"], ["scale"], ("to", 1L))
            .Node("Mul", ["anchors", "scale"], ["all_boxes"])
            .Node("Gather", [input, "first_channel"], ["channel"], ("axis", (long)(heightAxis - 1)))
            .Node("ReduceMean", ["channel"], ["mean"], ("keepdims", 0L))
            .Node("Reshape", ["mean", "all"], ["mean_1"])
            .Node("Concat", ["mean_1", "rest"], ["factors"], ("axis", 0L))
            .Node("Mul", ["base", "factors"], ["all_scores"])
            .Node("Reshape", ["all_boxes", "batch_boxes"], ["nms_boxes"])
            .Node("Reshape", ["all_scores", "batch_scores"], ["nms_scores"])
            .Node("NonMaxSuppression", ["nms_boxes", "nms_scores", "most", "iou", "least"], ["kept"])
            .Node("Gather", ["kept", "box_column"], ["rows"], ("axis", 1L))
            .Node("Gather", ["all_boxes", "rows"], [boxes], ("axis", 0L))
            .Node("Gather", ["ones", "rows"], [labels], ("axis", 0L))
            .Node("Gather", ["all_scores", "rows"], [scores], ("axis", 0L));
        model.Output(boxes, false, -1, 4).Output(labels, true, -1).Output(scores, false, -1);
    }
}
