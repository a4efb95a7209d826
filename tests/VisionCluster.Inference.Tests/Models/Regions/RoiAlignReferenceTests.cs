using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Models.Regions;

/// <summary>
/// The operator that region encoders cut regions out with, run as the server runs it, against torchvision's. The box
/// beyond the edges, the empty one and that of the whole picture are among the recorded ones.
/// </summary>
public sealed class RoiAlignReferenceTests
{
    private const float Tolerance = 1e-5f;

    [ReferenceTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_RecordedBoxes_GivesTorchvisionsBins(int index)
    {
        var record = ReferenceFiles.Json("regionclip/roi_align.json");
        var output = record.GetProperty("outputs")[index];
        var map = NpyFile.Read(ReferenceFiles.Path($"regionclip/{record.GetProperty("feature").GetString()}"));
        var expected = NpyFile.Read(ReferenceFiles.Path($"regionclip/{output.GetProperty("file").GetString()}")).Floats();
        float[] boxes = [.. record.GetProperty("boxes_xyxy").EnumerateArray().SelectMany(box => box.EnumerateArray().Select(v => v.GetSingle()))];
        var path = Path.GetTempFileName();
        var bins = output.GetProperty("output_size").GetInt64();
        new OnnxModelWriter(16)
            .Input("map", 1, -1, -1, -1).Input("boxes", -1, 4)
            .Constant("batch", [boxes.Length / 4], new long[boxes.Length / 4])
            .Node(
                "RoiAlign", ["map", "boxes", "batch"], ["regions"],
                ("output_height", bins), ("output_width", bins), ("sampling_ratio", output.GetProperty("sampling_ratio").GetInt64()),
                ("spatial_scale", output.GetProperty("spatial_scale").GetSingle()),
                ("coordinate_transformation_mode", output.GetProperty("aligned").GetBoolean() ? "half_pixel" : "output_half_pixel"))
            .Output("regions", false, -1, -1, -1, -1)
            .Save(path);
        using var graph = new OnnxGraph(path, ModelFixture.Services.Device, ModelFixture.Services.Onnx);
        File.Delete(path);
        using var run = new BoundRun(graph, ["regions"]);
        map.Floats().CopyTo(run.AddInput<float>("map", [.. map.Shape.Select(side => (long)side)]).Data);
        boxes.CopyTo(run.AddInput<float>("boxes", boxes.Length / 4, 4).Data);

        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);

        var actual = run.Output("regions").Data.ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() < Tolerance * Math.Max(1, expected.Max(Math.Abs)));
    }
}
