using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Onnx.Recording;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Onnx.Recording;

/// <summary>Real graphs by way of recordings, which a CPU runs step by step: what is read and written must be the same.</summary>
public sealed class RecordedGraphTests : IDisposable
{
    private static readonly string Models = Path.Combine(AppContext.BaseDirectory, "models");

    private readonly RecordingGate _gate = new();

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData("starter-sam", "imageEncoder")]
    [InlineData("starter-sam", "maskDecoder")]
    [InlineData("starter-clip", "imageEncoder")]
    [InlineData("starter-clip", "textEncoder")]
    [InlineData("starter-regionclip", "detector")]
    [InlineData("starter-regionclip", "regionEncoder")]
    public void SelfTest_OfARecordedGraph_Passes(string model, string role)
    {
        var folder = ManifestReader.Read(Path.Combine(Models, model));
        Assert.Contains(role, folder.Manifest.Files.Keys);
        using var graph = Open(folder.PathOf(role));

        var first = GraphSelfTest.Run(folder, role, graph, TimeProvider.System);
        var replayed = GraphSelfTest.Run(folder, role, graph, TimeProvider.System);

        Assert.NotNull(first);
        Assert.Equal(first, replayed);
        Assert.Equal(1, graph.Recorder!.Recordings);
        Assert.Null(graph.RecordingRemark);
    }

    [Fact]
    public void Run_OfARecordedGraph_GivesTheSameBitsAsAnother()
    {
        var path = Path.Combine(Models, "starter-sam", "vision_encoder.onnx");
        using var recorded = Open(path);
        using var plain = new OnnxGraph(path, ModelFixture.Services.Device, ModelFixture.Services.Onnx);
        var random = new Random(1);
        foreach (var batch in new[] { 1, 2, 1, 2 })
        {
            using var one = Bind(recorded, batch);
            using var other = Bind(plain, batch);
            for (var call = 0; call < 2; call++)
            {
                var pixels = Enumerable.Range(0, one.Input<float>("pixel_values").Data.Length).Select(_ => random.NextSingle()).ToArray();
                pixels.CopyTo(one.Input<float>("pixel_values").Data);
                pixels.CopyTo(other.Input<float>("pixel_values").Data);
                one.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
                other.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
                Assert.Equal(other.Output("image_embeddings").Data.ToArray(), one.Output("image_embeddings").Data.ToArray());
            }
        }

        Assert.Equal(2, recorded.Recorder!.Recordings);
    }

    [Fact]
    public void Run_WithAnOutputLentToIt_WritesItThere()
    {
        using var graph = Open(Path.Combine(Models, "starter-sam", "vision_encoder.onnx"));
        using var run = Bind(graph, 1);
        run.Input<float>("pixel_values").Data.Fill(0.5f);
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
        var expected = run.Output("image_embeddings").Data.ToArray();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var lent = new TensorBuffer<float>([1, 64, 64, 64]);
            run.BorrowOutput("image_embeddings", lent.Value);
            run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
            Assert.Equal(expected, lent.Data.ToArray());
        }
    }

    [Fact]
    public void Run_OfARecordedGraphLongerThanItsLimit_IsEnded()
    {
        using var graph = Open(Path.Combine(Models, "starter-sam", "vision_encoder.onnx"));
        graph.Recorder!.Close();
        using var run = Bind(graph, 1);

        Assert.Throws<TimeoutException>(() => run.Run(TimeSpan.FromMilliseconds(1), new ImpatientTime()));
        run.Run(TimeSpan.FromMinutes(1), TimeProvider.System);
    }

    private OnnxGraph Open(string path) => new(path, ModelFixture.Services.Device, ModelFixture.Services.Onnx, keepRunMemory: false, _gate);

    private static BoundRun Bind(OnnxGraph graph, int batch)
    {
        var input = graph.Inputs.Values.Single();
        var run = new BoundRun(graph, ["image_embeddings"]);
        run.AddInput<float>(input.Name, batch, 3, input.Dimensions[^1], input.Dimensions[^1]);
        return run;
    }
}
