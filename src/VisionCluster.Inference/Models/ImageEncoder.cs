using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;
using VisionCluster.Inference.Tensors;

namespace VisionCluster.Inference.Models;

/// <summary>An image encoder with its queue: from pixels to the graph's outputs.</summary>
internal sealed class ImageEncoder : IAsyncDisposable
{
    private readonly IEncoderRunner _runner;
    private readonly bool _keepsShape;
    private readonly GraphQueue<PixelTensor, EncodedImage> _queue;

    /// <param name="name">For threads, metrics and spans.</param>
    /// <param name="graph">The encoder.</param>
    /// <param name="input">Name of the picture input.</param>
    /// <param name="outputs">Outputs to keep.</param>
    /// <param name="preprocessing">How a picture becomes the input.</param>
    /// <param name="options">How batches form.</param>
    /// <param name="environment">What the device's queues share.</param>
    /// <param name="addOtherInputs">Binds what the graph wants besides pictures; null for nothing.</param>
    public ImageEncoder(
        string name,
        OnnxGraph graph,
        string input,
        IReadOnlyList<string> outputs,
        ImagePreprocessing preprocessing,
        BatchingOptions options,
        BatchingEnvironment environment,
        Action<BoundRun>? addOtherInputs = null)
    {
        Preprocessor = new ImagePreprocessor(preprocessing);
        Options = graph.Inputs[input].HasDynamicBatch ? options : options with { MaxBatchSize = 1 };
        var limit = new RunLimit(TimeSpan.FromSeconds(options.RunLimitSeconds), environment.Time);
        _keepsShape = HwcEncoderRunner.Fits(graph.Inputs[input]);
        if (_keepsShape)
        {
            Options = Options with { MaxBatchSize = 1 };
        }

        _runner = _keepsShape
            ? new HwcEncoderRunner(graph, input, outputs, limit)
            : new ImageEncoderRunner(graph, input, outputs, preprocessing.Size, limit, addOtherInputs);
        _queue = new(name, graph, _runner, Options, environment, preprocessing.TensorBytes);
    }

    public ImagePreprocessor Preprocessor { get; }

    public BatchingOptions Options { get; }

    /// <summary>For callers' own tensors.</summary>
    public IEnumerable<ITensorGraph> Graphs => _queue.TakesTensors ? [_queue] : [];

    public int Queued => _queue.Queued;

    public double QueueSeconds => _queue.QueueSeconds;

    public double BusyFraction => _queue.BusyFraction;

    public long Completed => _queue.Completed;

    /// <summary>Encodes a whole picture.</summary>
    public Task<EncodedImage> EncodeAsync(RgbImage image, InferenceCall call) =>
        EncodeAsync(image, new PixelRect(0, 0, image.Width, image.Height), call);

    /// <summary>Encodes a part of a picture.</summary>
    public Task<EncodedImage> EncodeAsync(RgbImage image, PixelRect region, InferenceCall call) =>
        EncodeAsync(tensor => Write(image, region, tensor), call);

    /// <summary>Encodes an image that nothing is kept of, decoded straight into the input where the graph takes squares.</summary>
    public async Task<EncodedImage> EncodeAsync(ImageContent content, ImageLoader images, InferenceCall call)
    {
        if (_keepsShape)
        {
            return await EncodeAsync(await images.DecodeOnceAsync(content, call), call);
        }

        using var tensor = new PixelTensor(Preprocessor.TensorLength);
        await images.DecodeIntoAsync(content, Preprocessor, tensor.Memory, call);
        return await _queue.RunAsync(call, tensor, 1, 0, call.CancellationToken);
    }

    /// <summary>Outputs for a blank picture: they tell shapes, which graphs often leave open, and what is the same for all.</summary>
    public EncodedImage EncodeBlank() => RunBlank(1)[0].Value
        ?? throw new InvalidDataException("The encoder's output for a blank picture is not a number.");

    /// <summary>Lets outputs stay on the device from now on. To be called before the first picture.</summary>
    public void KeepOnDevice(ResidentOutputs outputs) => _runner.Resident = outputs;

    /// <summary>Runs every batch size once.</summary>
    public Task WarmUpAsync() => Task.Run(() =>
    {
        foreach (var batch in LoadedModel.WarmUpSizes(Options.MaxBatchSize))
        {
            foreach (var output in RunBlank(batch))
            {
                foreach (var tensor in output.Value?.OnDevice ?? [])
                {
                    tensor.Dispose();
                }
            }
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        _runner.Dispose();
    }

    private async Task<EncodedImage> EncodeAsync(Action<PixelTensor> write, InferenceCall call)
    {
        using var tensor = new PixelTensor(Preprocessor.TensorLength);
        call.Stages.Measure(Contracts.Telemetry.Stages.Preprocess, () =>
        {
            write(tensor);
            return true;
        });
        return await _queue.RunAsync(call, tensor, 1, 0, call.CancellationToken);
    }

    private void Write(RgbImage image, PixelRect region, PixelTensor tensor)
    {
        if (_keepsShape)
        {
            var geometry = Preprocessor.WriteBytesHwc(image, region, tensor.Values);
            (tensor.Width, tensor.Height) = (geometry.ResizedWidth, geometry.ResizedHeight);
        }
        else
        {
            Preprocessor.Write(image, region, tensor.Values);
        }
    }

    private ItemOutput<EncodedImage>[] RunBlank(int batch)
    {
        using var blank = new PixelTensor(Preprocessor.TensorLength);
        (blank.Width, blank.Height) = (Preprocessor.Options.Size, Preprocessor.Options.Size);
        blank.Values.Clear();
        using var staged = _runner.Stage(Enumerable.Repeat(blank, batch).ToArray());
        var outputs = new ItemOutput<EncodedImage>[batch];
        staged.Run(outputs);
        return outputs;
    }
}
