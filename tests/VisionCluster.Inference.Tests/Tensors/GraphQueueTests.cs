using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tensors;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Tensors;

/// <summary>Callers' tensors in the queue of a graph, beside what our own pipelines put there.</summary>
public sealed class GraphQueueTests
{
    private const int Tokens = 77;

    [Theory]
    [InlineData("starter-clip/text_model.onnx", true)]
    [InlineData("starter-clip/vision_model.onnx", true)]
    [InlineData("starter-sam/mask_decoder.onnx", true)]
    [InlineData("starter-regionclip/region_encoder.onnx", false)]
    public void Signature_OfAGraph_IsBatchedWhereAllInputsShareTheirFirstDimension(string file, bool batched)
    {
        using var graph = Open(file);
        Assert.Equal(batched, GraphSignature.Of(graph)!.IsBatched);
    }

    [Fact]
    public async Task Run_OneQueueForOwnInputsAndTensors_GivesEachItsOwn()
    {
        using var graph = Open("starter-clip/text_model.onnx");
        var runner = new CountingRunner();
        await using var queue = new GraphQueue<string, int>(
            "clip/textEncoder", graph, runner, new BatchingOptions { MaxBatchSize = 4 }, ModelFixture.Environment, unit: 1000);
        var alone = (await queue.RunAsync(Texts(1, 5), ModelFixture.Call))[0];
        var together = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i => i % 2 == 0
            ? (await queue.RunAsync(ModelFixture.Call, new string('x', i), 1, 0, CancellationToken.None), null)
            : (-1, (await queue.RunAsync(Texts(1 + (i % 3), 5), ModelFixture.Call))[0])));
        for (var i = 0; i < together.Length; i++)
        {
            if (i % 2 == 0)
            {
                Assert.Equal(i, together[i].Item1);
                continue;
            }

            var output = together[i].Item2!;
            Assert.Equal([1 + (i % 3), alone.Shape[1]], output.Shape);
            Assert.True(output.Data.Span[..alone.Data.Length].SequenceEqual(alone.Data.Span));
        }

        Assert.Equal("textEncoder", queue.Role);
        Assert.Equal(6, runner.Inputs);
        // Every row counts: 6 of our own, the first one alone, and 2, 1, 3, 2, 1, 3 of the others.
        Assert.Equal(6 + 1 + 12, queue.Completed);
    }

    [Fact]
    public void Stage_OwnInputsAndTensorsInOneRun_IsRefused()
    {
        using var graph = Open("starter-clip/text_model.onnx");
        var signature = GraphSignature.Of(graph)!;
        var runner = new GraphRunner<string, int>(new CountingRunner(), graph, signature, new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        var item = Item(signature, Texts(1, 5));
        Assert.Throws<InvalidOperationException>(() => runner.Stage([new GraphInput<string>("own"), new GraphInput<string>(null, item)]));
    }

    [Fact]
    public void Stage_RowsOfOtherShapes_IsRefused()
    {
        using var graph = Open("starter-clip/vision_model.onnx");
        var signature = GraphSignature.Of(graph)!;
        var runner = new GraphRunner<string, int>(new CountingRunner(), graph, signature, new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        var (small, large) = (Item(signature, Picture(64)), Item(signature, Picture(96)));
        Assert.NotEqual(small.Key, large.Key);
        Assert.True(small.Key < 0);
        Assert.Throws<InvalidOperationException>(() => runner.Stage([new GraphInput<string>(null, small), new GraphInput<string>(null, large)]));
    }

    [Fact]
    public async Task Run_BadRowBesideGoodOnes_FailsAlone()
    {
        using var graph = Open("starter-clip/text_model.onnx");
        await using var queue = new GraphQueue<string, int>(
            "clip/textEncoder", graph, new CountingRunner(), new BatchingOptions { MaxBatchSize = 8, MaxQueueDelayMicroseconds = 200_000 },
            ModelFixture.Environment, unit: 1000);
        var calls = Enumerable.Range(0, 8).Select(i => queue.RunAsync(Texts(1, i == 3 ? long.MaxValue : 5), ModelFixture.Call)).ToArray();
        var error = await Assert.ThrowsAsync<VisionException>(() => calls[3]);
        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
        await Task.WhenAll(calls.Where((_, i) => i != 3));
    }

    private static OnnxGraph Open(string file) => new(
        Path.Combine(AppContext.BaseDirectory, "models", file), ModelFixture.Services.Device, ModelFixture.Services.Onnx);

    private static TensorItem Item(GraphSignature signature, InferRequest request) =>
        new(signature.Check(request), new TensorOutputs(signature.Wanted(request), 1), 0);

    private static InferRequest Texts(int rows, long token)
    {
        var ids = new long[rows * Tokens];
        for (var row = 0; row < rows; row++)
        {
            ids[row * Tokens] = token;
        }

        return new InferRequest
        {
            Graph = "clip.textEncoder",
            Inputs = [new Tensor("input_ids", TensorDatatype.Int64, [rows, Tokens], System.Runtime.InteropServices.MemoryMarshal.AsBytes(ids.AsSpan()).ToArray())],
        };
    }

    private static InferRequest Picture(int side) => new()
    {
        Graph = "clip.imageEncoder",
        Inputs = [new Tensor("pixel_values", TensorDatatype.Fp32, [1, 3, side, side], new byte[3 * side * side * sizeof(float)])],
    };

    /// <summary>Tells lengths of words.</summary>
    private sealed class CountingRunner : IBatchRunner<string, int>
    {
        private int _inputs;

        public int Inputs => Volatile.Read(ref _inputs);

        public IStagedBatch<int> Stage(IReadOnlyList<string> inputs)
        {
            Interlocked.Add(ref _inputs, inputs.Count);
            return new Staged(inputs);
        }

        private sealed class Staged(IReadOnlyList<string> inputs) : IStagedBatch<int>
        {
            public void Run(Span<ItemOutput<int>> outputs)
            {
                for (var i = 0; i < inputs.Count; i++)
                {
                    outputs[i] = new ItemOutput<int>(inputs[i].Length);
                }
            }

            public void Dispose()
            {
            }
        }
    }
}
