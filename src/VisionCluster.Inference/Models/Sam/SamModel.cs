using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Promptable segmentation (arXiv 2304.02643): an image encoder and a mask decoder with queues of their own.</summary>
internal sealed class SamModel : LoadedModel
{
    private readonly ImageEncoder _encoder;
    private readonly BatchingOptions _decoderOptions;
    private readonly ISamDialect _dialect;
    private readonly SamDecoderRunner _decoder;
    private readonly BatchExecutor<SamDecoderInput, SamDecoderOutput> _decoderQueue;
    private readonly long[] _embeddingShape;

    public SamModel(ModelFolder folder, ModelServices services)
        : base(folder)
    {
        var encoder = Open("imageEncoder", services);
        var decoder = Open("maskDecoder", services);
        var input = encoder.Inputs.Keys.Single();
        var hasPositional = encoder.Outputs.ContainsKey(HuggingFaceDialect.Positional);
        string[] outputs = hasPositional ? ["image_embeddings", HuggingFaceDialect.Positional] : ["image_embeddings"];
        _encoder = new ImageEncoder(
            $"{Manifest.Name}/imageEncoder", encoder, input, outputs, Manifest.Image, Manifest.Batching, services.Batching);

        var blank = _encoder.EncodeBlank();
        _embeddingShape = blank.Shapes[0];
        _dialect = MetaDialect.Fits(decoder) ? new MetaDialect(decoder)
            : HuggingFaceDialect.Fits(decoder) && hasPositional
                ? new HuggingFaceDialect(decoder, blank.Values[1], blank.Shapes[1])
                : throw new VisionException(
                    VisionErrorCode.ModelUnavailable, $"The mask decoder of '{Manifest.Name}' has a signature that is not known.");
        _decoderOptions = _dialect.Batches ? Manifest.Batching : Manifest.Batching with { MaxBatchSize = 1 };
        var limit = new RunLimit(TimeSpan.FromSeconds(Manifest.Batching.RunLimitSeconds), services.Batching.Time);
        _decoder = new SamDecoderRunner(decoder, _dialect, _embeddingShape, limit, Manifest.EmbeddingPrecision);
        _decoderQueue = new($"{Manifest.Name}/maskDecoder", _decoder, _decoderOptions, services.Batching);
    }

    public override int Queued => _encoder.Queued + _decoderQueue.Queued;

    public override double QueueSeconds => _encoder.QueueSeconds + _decoderQueue.QueueSeconds;

    public override double BusyFraction => Math.Min(1, _encoder.BusyFraction + _decoderQueue.BusyFraction);

    public override long ImagesEncoded => _encoder.Completed;

    /// <summary>How many prompts of one call are under way at once.</summary>
    public int Window => _decoderOptions.MaxBatchSize * 4;

    /// <summary>
    /// The same for a call on the bulk lane: one batch that runs and one that waits keep the device busy, and none waits
    /// so long that it rises to the lane of clicks.
    /// </summary>
    public int BulkWindow => _decoderOptions.MaxBatchSize * 2 * _decoderOptions.Instances;

    /// <summary>Runs the image encoder on a part of a picture, as if it were a picture of its own.</summary>
    public async Task<SamEmbedding> EncodeAsync(RgbImage image, PixelRect region, InferenceCall call)
    {
        var encoded = await _encoder.EncodeAsync(image, region, call);
        return new SamEmbedding(encoded.Values[0], encoded.Shapes[0], Manifest.EmbeddingPrecision);
    }

    /// <summary>Runs the image encoder.</summary>
    public async Task<SamEmbedding> EncodeAsync(RgbImage image, InferenceCall call)
    {
        var encoded = await _encoder.EncodeAsync(image, call);
        return new SamEmbedding(encoded.Values[0], encoded.Shapes[0], Manifest.EmbeddingPrecision);
    }

    /// <summary>Runs the mask decoder on one prompt, which may share the run with others. The caller disposes the output.</summary>
    public async Task<SamDecoderOutput> DecodeAsync(
        SamEmbedding embedding, SegmentPrompt prompt, ResizeGeometry geometry, float[]? maskInput, InferenceCall call)
    {
        if (!_dialect.TakesBoxesAndMasks && (prompt.Box is not null || maskInput is not null))
        {
            throw VisionException.Invalid($"The export of model '{Manifest.Name}' takes points only, no box and no earlier mask.");
        }

        if (maskInput is not null && maskInput.Length != _dialect.MaskInput.Height * _dialect.MaskInput.Width)
        {
            throw VisionException.Invalid(
                $"Model '{Manifest.Name}' refines masks of {_dialect.MaskInput.Height}x{_dialect.MaskInput.Width} logits.");
        }

        var (coordinates, labels) = SamPromptEncoding.Encode(prompt, geometry, _dialect.NeedsPaddingPoint);
        var input = new SamDecoderInput(embedding, coordinates, labels, maskInput);
        return await call.RunAsync(_decoderQueue, input, 1, labels.Length, call.CancellationToken);
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

    private void WarmUpDecoder()
    {
        var blank = new SamEmbedding(new float[_embeddingShape.Aggregate(1L, (a, b) => a * b)], _embeddingShape, Manifest.EmbeddingPrecision);
        // A click with its padding point, and a box: what people send most.
        var prompt = new SamDecoderInput(blank, [1, 1, 0, 0], [1, -1], null);
        foreach (var batch in WarmUpSizes(_decoderOptions.MaxBatchSize))
        {
            using var staged = _decoder.Stage(Enumerable.Repeat(prompt, batch).ToArray());
            var outputs = new ItemOutput<SamDecoderOutput>[batch];
            staged.Run(outputs);
            Array.ForEach(outputs, output => output.Value?.Dispose());
        }
    }
}
