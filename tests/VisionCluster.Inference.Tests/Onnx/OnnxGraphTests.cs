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

    [Fact]
    public void Run_SecondTimeWithTheSameShapes_AllocatesNoTensor()
    {
        using var graph = Open();
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
        using var graph = new OnnxGraph(Encoder, ModelFixture.Services.Device, ModelFixture.Services.Onnx) { CopiesWhenBound = true };
        using var run = Bind(graph, batch: 1);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        var name = graph.Inputs.Keys.Single();
        var empty = run.Output("image_embeddings").Data.ToArray();
        // What the binding knows is somebody else's by now, as a copy on a device is.
        using var stale = new TensorBuffer<float>(run.Input<float>(name).Shape);
        stale.Data.AsSpan().Clear();
        run.Borrow(name, stale.Value);
        run.Input<float>(name).Data.AsSpan().Fill(1);

        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);

        Assert.NotEqual(empty, run.Output("image_embeddings").Data);
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
        run.AddInput<float>(input.Name, batch, 3, input.Dimensions[^1], input.Dimensions[^1]).Data.AsSpan().Clear();
        return run;
    }

    /// <summary>A clock whose every limit has passed when it is set.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            callback(state);
            return base.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
