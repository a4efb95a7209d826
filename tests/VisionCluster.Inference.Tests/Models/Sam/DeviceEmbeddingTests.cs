using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Inference.Tests.Models.Sam;

/// <summary>Embeddings that stay in the device's memory, with a CPU's in its place: the same numbers by the other road.</summary>
public sealed class DeviceEmbeddingTests : IDisposable
{
    private const string Map = "image_embeddings";

    private static readonly string Starter = Path.Combine(AppContext.BaseDirectory, "models", "starter-sam");

    private readonly DeviceTensors _memory = new(ModelFixture.Services.Device, new OnnxOptions());
    private readonly ModelServices _services;

    public DeviceEmbeddingTests() => _services = ModelFixture.Services with { Tensors = _memory };

    public static TheoryData<string, EmbeddingPrecision> Exports => new()
    {
        { Starter, EmbeddingPrecision.Full },
        { Starter, EmbeddingPrecision.Half },
        { TinySam2.Meta, EmbeddingPrecision.Full },
        { TinySam2.HuggingFace, EmbeddingPrecision.Full },
        { TinySam2.HuggingFace, EmbeddingPrecision.Half },
    };

    [Theory]
    [MemberData(nameof(Exports))]
    public async Task Decode_EmbeddingsOnTheDevice_GivesTheHostsMasks(string directory, EmbeddingPrecision precision)
    {
        var folder = ManifestReader.Read(directory);
        folder = folder with { Manifest = folder.Manifest with { EmbeddingPrecision = precision } };
        await using var host = new SamModel(folder, ModelFixture.Services);
        await using var device = new SamModel(folder, _services);
        await device.WarmUpAsync(default);
        RgbImage[] pictures = [.. new[] { "held-twemoji-1", "noto-1", "noto-2" }.Select(Decode)];

        // At once, so that the encoder takes several pictures in a run.
        var onDevice = await Task.WhenAll(pictures.Select(picture => device.EncodeAsync(picture, ModelFixture.Call)));
        var onHost = await Task.WhenAll(pictures.Select(picture => host.EncodeAsync(picture, ModelFixture.Call)));

        for (var i = 0; i < pictures.Length; i++)
        {
            Assert.Equal(onHost[i].Bytes, onDevice[i].Bytes);
            Assert.Equal(onHost[i].Shapes, onDevice[i].Shapes);
            Assert.All(onHost[i].Maps.Zip(onDevice[i].Maps), pair => AssertClose(pair.First.ToFloats(), pair.Second.ToFloats()));
        }

        // Prompts of one picture and of all, alone and together.
        var prompts = Enumerable.Range(0, 12).ToArray();
        var read = _memory.HostBytes;
        var masks = await Task.WhenAll(prompts.Select(i => DecodeAsync(device, onDevice[i % 3], i)));
        Assert.Equal(read, _memory.HostBytes);
        var expected = await Task.WhenAll(prompts.Select(i => DecodeAsync(host, onHost[i % 3], i)));
        Assert.All(expected.Zip(masks), pair => AssertClose(pair.First, pair.Second));
        Array.ForEach(onDevice, embedding => embedding.Dispose());
    }

    [Fact]
    public void Stage_ClickOnAnEmbeddingOnTheDevice_CopiesNoneOfIt()
    {
        var folder = ManifestReader.Read(Starter);
        using var graph = new OnnxGraph(folder.PathOf("maskDecoder"), _services.Device, _services.Onnx);
        long[] shape = [1, .. graph.Inputs[Map].Dimensions.Skip(1).Select(side => (long)side)];
        var values = new float[shape.Aggregate((a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(i);
        }

        using var onDevice = new SamEmbedding([_memory.Upload(values, shape)], [shape], _memory);
        var onHost = new SamEmbedding(values, shape);
        var limit = new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System);
        var dialect = new MetaDialect(graph, Map);
        using var near = new SamDecoderRunner(graph, dialect, new FeatureMaps([Map], [shape], EmbeddingPrecision.Full, _memory), limit);
        using var far = new SamDecoderRunner(graph, dialect, new FeatureMaps([Map], [shape], EmbeddingPrecision.Full, null), limit);

        var (copied, score) = Click(graph, near, onDevice);
        var (copiedFromHost, sameScore) = Click(graph, far, onHost);

        Assert.Equal(sameScore, score);
        Assert.Equal(copiedFromHost - (values.Length * sizeof(float)), copied);
    }

    [Fact]
    public void Stage_EmbeddingDroppedWhileARunReadsIt_StaysUntilTheRunHasEnded()
    {
        var folder = ManifestReader.Read(Starter);
        using var graph = new OnnxGraph(folder.PathOf("maskDecoder"), _services.Device, _services.Onnx);
        long[] shape = [1, .. graph.Inputs[Map].Dimensions.Skip(1).Select(side => (long)side)];
        var embedding = new SamEmbedding([_memory.Upload(new float[shape.Aggregate((a, b) => a * b)], shape)], [shape], _memory);
        using var runner = new SamDecoderRunner(
            graph,
            new MetaDialect(graph, Map),
            new FeatureMaps([Map], [shape], EmbeddingPrecision.Full, _memory),
            new RunLimit(TimeSpan.FromMinutes(1), TimeProvider.System));
        var prompt = new SamDecoderInput(embedding, [60, 80, 0, 0], [1, -1], null);

        using (var staged = runner.Stage([prompt]))
        {
            embedding.Dispose();
            Assert.False(embedding.Maps[0].OnDevice!.IsFreed);
            var outputs = new ItemOutput<SamDecoderOutput>[1];
            staged.Run(outputs);
            Assert.NotNull(outputs[0].Value);
        }

        Assert.True(embedding.Maps[0].OnDevice!.IsFreed);
        Assert.Throws<ObjectDisposedException>(() => runner.Stage([prompt]));
    }

    public void Dispose() => _memory.Dispose();

    private static (long Copied, float Score) Click(OnnxGraph graph, SamDecoderRunner runner, SamEmbedding embedding)
    {
        var before = graph.HostBytes;
        var outputs = new ItemOutput<SamDecoderOutput>[1];
        using var staged = runner.Stage([new SamDecoderInput(embedding, [60, 80, 0, 0], [1, -1], null)]);
        staged.Run(outputs);
        using var masks = outputs[0].Value!;
        return (graph.HostBytes - before, masks.Scores[0]);
    }

    private static RgbImage Decode(string sample) => new VipsImageCodec(new ImageLimits()).Decode(Sample.Load(sample).Bytes, default);

    /// <summary>Batches of other sizes differ in the last digit, which may be one of float16's.</summary>
    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var allowed = 2e-3f * expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], allowed);
        }
    }

    private static async Task<float[]> DecodeAsync(SamModel model, SamEmbedding embedding, int item)
    {
        var prompt = item % 4 == 0
            ? new SegmentPrompt { Box = new PixelBox(8, 12, 40, 55) }
            : new SegmentPrompt { Points = [new PromptPoint(10 + (3 * item), 40)] };
        var side = model.Manifest.Image.Size;
        using var decoded = await model.DecodeAsync(
            embedding, prompt, new ResizeGeometry(side, side, side, side, 0, 0), null, ModelFixture.Call);
        return [.. decoded.Scores, .. decoded.Logits(0)];
    }
}
