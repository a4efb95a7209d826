using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>One mask decoder twice: with embeddings on the device, and with the same in the host's memory.</summary>
internal sealed class DecoderPair : IDisposable
{
    private const int Images = 8;

    private readonly DeviceTensors _memory;
    private readonly SamEmbedding[] _near;
    private readonly SamEmbedding[] _far;
    private readonly SamDecoderRunner _nearRunner;
    private readonly SamDecoderRunner _farRunner;

    public DecoderPair(string decoder, OnnxDevice device, OnnxOptions options)
    {
        _memory = new DeviceTensors(device, options);
        Graph = new OnnxGraph(decoder, device, options);
        long[] shape = [1, .. Graph.Inputs[SamDecoders.Map].Dimensions.Skip(1).Select(side => (long)side)];
        float[][] maps = [.. Enumerable.Range(0, Images).Select(image => Numbers(shape, image))];
        _near = [.. maps.Select(map => new SamEmbedding([_memory.Upload(map, shape)], [shape], _memory))];
        _far = [.. maps.Select(map => new SamEmbedding(map, shape))];
        var dialect = new MetaDialect(Graph, SamDecoders.Map);
        var limit = new RunLimit(TimeSpan.FromSeconds(20), TimeProvider.System);
        _nearRunner = new SamDecoderRunner(Graph, dialect, new FeatureMaps([SamDecoders.Map], [shape], EmbeddingPrecision.Full, _memory), limit);
        _farRunner = new SamDecoderRunner(Graph, dialect, new FeatureMaps([SamDecoders.Map], [shape], EmbeddingPrecision.Full, null), limit);
    }

    public OnnxGraph Graph { get; }

    /// <summary>The runner of a side.</summary>
    public SamDecoderRunner Runner(bool onDevice) => onDevice ? _nearRunner : _farRunner;

    /// <summary>A click on one of the images.</summary>
    public SamDecoderInput Click(bool onDevice, int image) =>
        new(onDevice ? _near[image % Images] : _far[image % Images], [60, 80, 0, 0], [1, -1], null);

    /// <summary>Clicks in one run; their scores.</summary>
    public float[] Run(bool onDevice, int images)
    {
        using var staged = Runner(onDevice).Stage([.. Enumerable.Range(0, images).Select(image => Click(onDevice, image))]);
        var outputs = new ItemOutput<SamDecoderOutput>[images];
        staged.Run(outputs);
        var scores = outputs.SelectMany(output => output.Value!.Scores).ToArray();
        Array.ForEach(outputs, output => output.Value!.Dispose());
        return scores;
    }

    public void Dispose()
    {
        _nearRunner.Dispose();
        _farRunner.Dispose();
        Array.ForEach(_near, embedding => embedding.Dispose());
        Graph.Dispose();
        _memory.Dispose();
    }

    private static float[] Numbers(long[] shape, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)];
    }
}
