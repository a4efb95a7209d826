using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;
using VisionCluster.Inference.Tensors;
using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>Images and texts in one space (arXiv 2103.00020), from a split export or a combined one.</summary>
internal sealed class ClipModel : LoadedModel
{
    private readonly ImageEncoder _images;
    private readonly TextEncoderRunner _textRunner;
    private readonly GraphQueue<TokenRow, float[]> _texts;
    private readonly bool _combined;
    private readonly BatchingOptions _textOptions;

    public ClipModel(ModelFolder folder, ModelServices services, ClipTokenizer tokenizer)
        : base(folder)
    {
        Tokenizer = tokenizer;
        var combined = _combined = folder.Has("combined");
        var images = Open(combined ? "combined" : "imageEncoder", services);
        var texts = combined ? images : Open("textEncoder", services);
        var batching = services.Batching;
        var pixels = images.Inputs.Keys.Single(name => !TextInputs.Has(name));
        _images = new ImageEncoder(
            $"{Manifest.Name}/imageEncoder", images, pixels, [Output(images, "image_embeds")], Manifest.Image,
            Manifest.Batching, batching, combined ? run => AddBlankText(run, images) : null);
        _textOptions = texts.Inputs[TextInputs.Ids].HasDynamicBatch
            ? Manifest.Batching
            : Manifest.Batching with { MaxBatchSize = 1 };
        _textRunner = new TextEncoderRunner(
            texts, Output(texts, "text_embeds"), Manifest.ContextLength,
            new RunLimit(TimeSpan.FromSeconds(Manifest.Batching.RunLimitSeconds), batching.Time),
            combined ? run => run.AddInput<float>(pixels, 1, 3, Manifest.Image.Size, Manifest.Image.Size).Data.Clear() : null);
        _texts = new($"{Manifest.Name}/textEncoder", texts, _textRunner, _textOptions, batching, Manifest.Image.TensorBytes);
    }

    public ClipTokenizer Tokenizer { get; }

    /// <summary>A combined export is one graph, in the queue of its pictures.</summary>
    public override IEnumerable<ITensorGraph> Graphs =>
        _combined || !_texts.TakesTensors ? _images.Graphs : _images.Graphs.Append(_texts);

    public override int Queued => _images.Queued + _texts.Queued;

    public override double QueueSeconds => _images.QueueSeconds + _texts.QueueSeconds;

    public override double BusyFraction => Math.Min(1, _images.BusyFraction + _texts.BusyFraction);

    public override long ImagesEncoded => _images.Completed;

    /// <summary>How many crops or texts of one call are under way at once.</summary>
    public int Window => Manifest.Batching.MaxBatchSize * 4;

    /// <summary>Embeds a whole image.</summary>
    public async Task<ClipEmbedding> EmbedAsync(RgbImage image, InferenceCall call) =>
        new(UnitVector.Of((await _images.EncodeAsync(image, call)).Values[0]));

    /// <summary>Embeds a whole image that nothing is kept of.</summary>
    public async Task<ClipEmbedding> EmbedAsync(ImageContent content, ImageLoader images, InferenceCall call) =>
        new(UnitVector.Of((await _images.EncodeAsync(content, images, call)).Values[0]));

    /// <summary>Embeds a part of an image.</summary>
    public async Task<float[]> EmbedAsync(RgbImage image, PixelRect region, InferenceCall call) =>
        UnitVector.Of((await _images.EncodeAsync(image, region, call)).Values[0]);

    /// <summary>Embeds texts, a row of length 1 each.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: a text has more tokens than the context.</exception>
    public async Task<LabelEmbeddings> EmbedAsync(IReadOnlyList<string> texts, InferenceCall call) =>
        (await EmbedAsync(texts, truncate: false, call)).Rows;

    /// <summary>Embeds texts, cut to the context where that is asked for, and counts their tokens.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: a text has more tokens and is not to be cut.</exception>
    public async Task<(LabelEmbeddings Rows, int Tokens)> EmbedAsync(
        IReadOnlyList<string> texts, bool truncate, InferenceCall call)
    {
        var tokens = 0;
        var rows = await BoundedFanOut.RunAsync(texts, Window, async (text, _, token) =>
        {
            var row = call.Stages.Measure(Contracts.Telemetry.Stages.Preprocess, () => Tokenize(text, truncate));
            Interlocked.Add(ref tokens, row.Length);
            return await _texts.RunAsync(call, row, 1, 0, token);
        }, call.CancellationToken);
        return (LabelMatrix.Of(rows), tokens);
    }

    public override async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        await _images.WarmUpAsync();
        await Task.Run(() =>
        {
            foreach (var batch in WarmUpSizes(_textOptions.MaxBatchSize))
            {
                using var staged = _textRunner.Stage(Enumerable.Repeat(Tokenize("warm up"), batch).ToArray());
                staged.Run(new ItemOutput<float[]>[batch]);
            }
        }, cancellationToken);
    }

    protected override async Task StopAsync()
    {
        await _images.DisposeAsync();
        await _texts.DisposeAsync();
        _textRunner.Dispose();
    }

    private static string Output(OnnxGraph graph, string usual) => graph.Outputs.ContainsKey(usual)
        ? usual
        : graph.Outputs.Values.FirstOrDefault(output => output.Dimensions.Count == 2)?.Name
            ?? throw new VisionException(VisionErrorCode.ModelUnavailable, $"No output of the graph looks like '{usual}'.");

    private TokenRow Tokenize(string text, bool truncate = false)
    {
        var ids = new long[Manifest.ContextLength];
        return new TokenRow(ids, Tokenizer.Encode(text, ids, truncate, Manifest.Padding));
    }

    /// <summary>A combined graph wants a text even for an image: the empty one.</summary>
    private void AddBlankText(BoundRun run, OnnxGraph graph)
    {
        var row = Tokenize("");
        TextInputs.Add(run, graph, 1, row.Ids.Length);
        TextInputs.Fill(run, graph, 0, row);
    }
}
