using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;
using VisionCluster.Inference.Tensors;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Promptable segmentation (arXiv 2304.02643): an image encoder and a mask decoder with queues of their own.</summary>
internal sealed class SamModel : LoadedModel
{
    private readonly ImageEncoder _encoder;
    private readonly BatchingOptions _decoderOptions;
    private readonly ISamDialect _dialect;
    private readonly OnnxGraph _graph;
    private readonly SamDecoderRunner _decoder;
    private readonly GraphQueue<SamDecoderInput, SamDecoderOutput> _decoderQueue;
    private readonly int _mapCount;
    private readonly long[][] _mapShapes;
    private readonly DeviceTensors? _memory;

    public SamModel(ModelFolder folder, ModelServices services)
        : base(folder)
    {
        var encoder = Open("imageEncoder", services);
        var decoder = Open("maskDecoder", services, keepRunMemory: true);
        _graph = decoder;
        var input = encoder.Inputs.Keys.Single();
        var maps = SamFeatureMaps.Of(encoder, decoder);
        string[] outputs = encoder.Outputs.ContainsKey(HuggingFaceDialect.Positional) ? [.. maps, HuggingFaceDialect.Positional] : maps;
        _encoder = new ImageEncoder(
            $"{Manifest.Name}/imageEncoder", encoder, input, outputs, Manifest.Image, Manifest.Batching, services.Batching);

        var blank = _encoder.EncodeBlank();
        _mapCount = maps.Length;
        _mapShapes = blank.Shapes[.._mapCount];
        _dialect = ChooseDialect(decoder, maps[0], blank);
        _decoderOptions = _dialect.Batches ? Manifest.Batching : Manifest.Batching with { MaxBatchSize = 1 };
        BulkPlaces = Own(new WorkLimiter(_decoderOptions.BulkWindow));
        var limit = new RunLimit(TimeSpan.FromSeconds(Manifest.Batching.RunLimitSeconds), services.Batching.Time);
        _memory = services.Tensors;
        if (_memory is not null)
        {
            _encoder.KeepOnDevice(new ResidentOutputs(_memory, maps, _mapShapes, Manifest.EmbeddingPrecision));
        }

        var source = new FeatureMaps(maps, _mapShapes, Manifest.EmbeddingPrecision, _memory);
        _decoder = new SamDecoderRunner(decoder, _dialect, source, limit);
        _decoderQueue = new(
            $"{Manifest.Name}/maskDecoder", decoder, _decoder, _decoderOptions, services.Batching, Manifest.Image.TensorBytes);
    }

    public override IEnumerable<ITensorGraph> Graphs =>
        _decoderQueue.TakesTensors ? _encoder.Graphs.Append(_decoderQueue) : _encoder.Graphs;

    public override int Queued => _encoder.Queued + _decoderQueue.Queued;

    public override double QueueSeconds => _encoder.QueueSeconds + _decoderQueue.QueueSeconds;

    public override double BusyFraction => Math.Min(1, _encoder.BusyFraction + _decoderQueue.BusyFraction);

    public override long ImagesEncoded => _encoder.Completed;

    /// <summary>Whether the decoder keeps the memory of its runs.</summary>
    public bool KeepsRunMemory => _graph.KeepsRunMemory;

    /// <summary>How many prompts of one call are under way at once.</summary>
    public int Window => _decoderOptions.MaxBatchSize * 4;

    /// <summary>The same for a call on the bulk lane.</summary>
    public int BulkWindow => _decoderOptions.BulkWindow;

    /// <summary>
    /// As many places for all calls on the bulk lane together: more calls must not make points wait so long that they
    /// rise to the lane of clicks.
    /// </summary>
    public WorkLimiter BulkPlaces { get; }

    /// <summary>Runs the image encoder on a part of a picture, as if it were a picture of its own.</summary>
    public async Task<SamEmbedding> EncodeAsync(RgbImage image, PixelRect region, InferenceCall call)
    {
        return Keep(await _encoder.EncodeAsync(image, region, call));
    }

    /// <summary>Runs the image encoder.</summary>
    public async Task<SamEmbedding> EncodeAsync(RgbImage image, InferenceCall call)
    {
        return Keep(await _encoder.EncodeAsync(image, call));
    }

    /// <summary>Runs the mask decoder on one prompt, which may share the run with others. The caller disposes the output.</summary>
    public async Task<SamDecoderOutput> DecodeAsync(
        SamEmbedding embedding, SegmentPrompt prompt, ResizeGeometry geometry, float[]? maskInput, InferenceCall call)
    {
        Check(prompt, maskInput);
        var (coordinates, labels) = SamPromptEncoding.Encode(prompt, geometry, _dialect.NeedsPaddingPoint);
        var input = new SamDecoderInput(embedding, coordinates, labels, maskInput);
        return await _decoderQueue.RunAsync(call, input, 1, _dialect.ShapeOf(input), call.CancellationToken);
    }

    public override async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        await _encoder.WarmUpAsync();
        await Task.Run(WarmUpDecoder, cancellationToken);
    }

    protected override async Task StopAsync()
    {
        await _encoder.DisposeAsync();
        await _decoderQueue.DisposeAsync();
        _decoder.Dispose();
    }

    private ISamDialect ChooseDialect(OnnxGraph decoder, string map, EncodedImage blank) =>
        MetaDialect.Fits(decoder) ? new MetaDialect(decoder, map)
        : HuggingFaceSam2Dialect.Fits(decoder) ? new HuggingFaceSam2Dialect(decoder, map)
        : HuggingFaceDialect.Fits(decoder) && blank.Values.Length > _mapCount
            ? new HuggingFaceDialect(decoder, blank.Values[_mapCount], blank.Shapes[_mapCount])
        : throw new VisionException(
            VisionErrorCode.ModelUnavailable, $"The mask decoder of '{Manifest.Name}' has a signature that is not known.");

    private SamEmbedding Keep(EncodedImage encoded) => _memory is null
        ? new(encoded.Values[.._mapCount], encoded.Shapes[.._mapCount], Manifest.EmbeddingPrecision)
        : new(encoded.OnDevice, encoded.Shapes, _memory);

    /// <summary>Of a picture that has nothing in it.</summary>
    private SamEmbedding CreateBlank()
    {
        float[][] values = [.. _mapShapes.Select(shape => new float[shape.Aggregate(1L, (a, b) => a * b)])];
        if (_memory is null)
        {
            return new(values, _mapShapes, Manifest.EmbeddingPrecision);
        }

        var type = ResidentOutputs.TypeOf(Manifest.EmbeddingPrecision);
        _memory.WarmUp(_decoderOptions.MaxBatchSize, type);
        return new([.. values.Select((map, i) => _memory.Upload(map, _mapShapes[i], type))], _mapShapes, _memory);
    }

    private void Check(SegmentPrompt prompt, float[]? maskInput)
    {
        if (prompt.Box is not null && !_dialect.TakesBoxes)
        {
            throw VisionException.Invalid($"The export of model '{Manifest.Name}' takes points only, no box.");
        }

        if (maskInput is null)
        {
            return;
        }

        if (_dialect.MaskInput is not { } size)
        {
            throw VisionException.Invalid($"The export of model '{Manifest.Name}' takes no earlier mask.");
        }

        if (maskInput.Length != size.Height * size.Width)
        {
            throw VisionException.Invalid($"Model '{Manifest.Name}' refines masks of {size.Height}x{size.Width} logits.");
        }
    }

    private void WarmUpDecoder()
    {
        using var blank = CreateBlank();
        // A click, what people send most, with its padding point where the graph wants one.
        var prompt = _dialect.NeedsPaddingPoint
            ? new SamDecoderInput(blank, [1, 1, 0, 0], [1, -1], null)
            : new SamDecoderInput(blank, [1, 1], [1], null);
        foreach (var batch in WarmUpSizes(_decoderOptions.MaxBatchSize))
        {
            Run(batch);
        }

        // What full batches needed is not kept for those that may never come; what a click needs is.
        if (_graph.GiveBackAfterNextRun())
        {
            Run(1);
            Run(1);
        }

        void Run(int batch)
        {
            using var staged = _decoder.Stage(Enumerable.Repeat(prompt, batch).ToArray());
            var outputs = new ItemOutput<SamDecoderOutput>[batch];
            staged.Run(outputs);
            Array.ForEach(outputs, output => output.Value?.Dispose());
        }
    }
}
