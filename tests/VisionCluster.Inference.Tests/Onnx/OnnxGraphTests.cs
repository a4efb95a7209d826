using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Onnx;

public sealed class OnnxGraphTests
{
    private static readonly string Encoder = Path.Combine(AppContext.BaseDirectory, "models", "starter-sam", "vision_encoder.onnx");

    [Fact]
    public void Run_LongerThanItsLimit_IsEnded()
    {
        using var graph = Open();
        using var run = Bind(graph, batch: 1);
        Assert.Throws<TimeoutException>(() => run.Run(TimeSpan.FromMilliseconds(1), new ImpatientTime()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_SecondTimeWithTheSameShapes_AllocatesNoTensor(bool copiesWhenBound)
    {
        using var graph = new OnnxGraph(Encoder, ModelFixture.Services.Device, ModelFixture.Services.Onnx) { CopiesWhenBound = copiesWhenBound };
        using var run = Bind(graph, batch: 1);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        var before = GC.GetAllocatedBytesForCurrentThread();
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public void Run_OnADeviceThatCopiesWhenInputsAreBound_ReadsWhatWasWrittenSince()
    {
        using var onCpu = Open();
        using var expected = Bind(onCpu, batch: 1);
        using var graph = new OnnxGraph(Encoder, ModelFixture.Services.Device, ModelFixture.Services.Onnx) { CopiesWhenBound = true };
        using var run = Bind(graph, batch: 1);
        var name = graph.Inputs.Keys.Single();
        foreach (var value in new[] { 0, 1, 0.5f })
        {
            expected.Input<float>(name).Data.Fill(value);
            run.Input<float>(name).Data.Fill(value);
            expected.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
            run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
            Assert.Equal(expected.Output("image_embeddings").Data.ToArray(), run.Output("image_embeddings").Data.ToArray());
        }

        Assert.Equal(onCpu.HostBytes, graph.HostBytes);
    }

    [Fact]
    public void Run_OnADeviceThatCopiesWhenInputsAreBound_WritesWhereOutputsAreWanted()
    {
        using var graph = new OnnxGraph(Encoder, ModelFixture.Services.Device, ModelFixture.Services.Onnx) { CopiesWhenBound = true };
        using var run = Bind(graph, batch: 1);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        var own = run.Output("image_embeddings");
        var (before, name) = (own.Data.ToArray(), graph.Inputs.Keys.Single());
        using var lent = new TensorBuffer<float>(own.Shape);
        using var brighter = new TensorBuffer<float>(run.Input<float>(name).Shape);
        brighter.Data.Fill(1);

        run.Borrow(name, brighter.Value);
        run.BorrowOutput("image_embeddings", lent.Value);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);

        Assert.Equal(before, own.Data.ToArray());
        Assert.NotEqual(before, lent.Data.ToArray());
    }

    [Fact]
    public void Open_FileThatIsNoGraph_Throws()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "no graph");
        Assert.ThrowsAny<Exception>(() => new OnnxGraph(path, ModelFixture.Services.Device, ModelFixture.Services.Onnx));
        File.Delete(path);
    }

    private static OnnxGraph Open() => new(Encoder, ModelFixture.Services.Device, ModelFixture.Services.Onnx);

    private static BoundRun Bind(OnnxGraph graph, int batch)
    {
        var input = graph.Inputs.Values.Single();
        var run = new BoundRun(graph, ["image_embeddings"]);
        run.AddInput<float>(input.Name, batch, 3, input.Dimensions[^1], input.Dimensions[^1]).Data.Clear();
        return run;
    }
}
