using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tests.Models.Sam;

/// <summary>A real decoder whose batch fails after it ran, because of one prompt in it.</summary>
public sealed class PoisonedBatchTests : IDisposable
{
    private const string Map = "image_embeddings";
    private const int Prompts = 8;
    private const int Poison = 5;

    private readonly OnnxGraph _graph;
    private readonly SamDecoderRunner _decoder;
    private readonly SamDecoderInput[] _prompts;

    public PoisonedBatchTests()
    {
        var folder = ManifestReader.Read(Path.Combine(AppContext.BaseDirectory, "models", "starter-sam"));
        _graph = new OnnxGraph(folder.PathOf("maskDecoder"), ModelFixture.Services.Device, ModelFixture.Services.Onnx);
        long[] shape = [1, .. _graph.Inputs[Map].Dimensions.Skip(1).Select(side => (long)side)];
        _decoder = new SamDecoderRunner(
            _graph,
            new MetaDialect(_graph, Map),
            new FeatureMaps([Map], [shape], EmbeddingPrecision.Full, null),
            new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        float[] map = [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => MathF.Sin(i))];
        var embedding = new SamEmbedding(map, shape);
        _prompts = [.. Enumerable.Range(0, Prompts).Select(i => new SamDecoderInput(embedding, [10 + (12 * i), 40, 0, 0], [1, -1], null))];
    }

    [Fact]
    public void Run_PoisonInABatch_GivesItsMatesTheBitsOfARunWithoutIt()
    {
        var attempt = new BatchAttempt<SamDecoderInput, SamDecoderOutput>(
            "sam", new PoisonedRunner(_decoder, _prompts[Poison]), Prompts, ModelFixture.Environment, new RunStatistics(TimeProvider.System));
        BatchItem<SamDecoderInput, SamDecoderOutput>[] items =
        [
            .. _prompts.Select(prompt => new BatchItem<SamDecoderInput, SamDecoderOutput>(
                prompt, new WorkTicket(TenantId.Default, RequestLane.Online), 1, 0, static _ => { })),
        ];

        attempt.Run(items, attempt.Stage(items));

        var error = Assert.IsType<VisionException>(items[Poison].Task.Exception!.InnerException);
        Assert.Equal(VisionErrorCode.DeviceFailed, error.Code);
        // Halved: the first four, then the fifth beside the poison, then the last two.
        Assert.All(new[] { Direct(0, 4), Direct(4, 1), Direct(6, 2) }.SelectMany(static part => part), expected =>
        {
            using var actual = items[expected.Item].Task.Result.Output;
            Assert.Equal(expected.Numbers, Numbers(actual));
        });
    }

    public void Dispose()
    {
        _decoder.Dispose();
        _graph.Dispose();
    }

    private static float[] Numbers(SamDecoderOutput output) => [.. output.Scores, .. output.Logits(0)];

    private List<(int Item, float[] Numbers)> Direct(int first, int count)
    {
        using var staged = _decoder.Stage(_prompts[first..(first + count)]);
        var outputs = new ItemOutput<SamDecoderOutput>[count];
        staged.Run(outputs);
        var numbers = outputs.Select((output, i) => (first + i, Numbers(output.Value!))).ToList();
        Array.ForEach(outputs, output => output.Value!.Dispose());
        return numbers;
    }

    private sealed class PoisonedRunner(SamDecoderRunner inner, SamDecoderInput poison) : IBatchRunner<SamDecoderInput, SamDecoderOutput>
    {
        public IStagedBatch<SamDecoderOutput> Stage(IReadOnlyList<SamDecoderInput> inputs) =>
            new Staged(inner.Stage(inputs), inputs.Contains(poison));

        private sealed class Staged(IStagedBatch<SamDecoderOutput> inner, bool poisoned) : IStagedBatch<SamDecoderOutput>
        {
            public void Run(Span<ItemOutput<SamDecoderOutput>> outputs)
            {
                inner.Run(outputs);
                if (poisoned)
                {
                    throw new InvalidOperationException("poison");
                }
            }

            public void Dispose() => inner.Dispose();
        }
    }
}
