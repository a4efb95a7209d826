using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Stages;
using VisionCluster.Inference.Tensors;

namespace VisionCluster.Inference.Models.Proposals;

/// <summary>A detector whose boxes are taken as proposals, whatever it calls them: a Faster R-CNN export (arXiv 1506.01497).</summary>
internal sealed class ProposalModel : LoadedModel
{
    private const float LeastScore = 1e-6f;

    private readonly GraphQueue<DetectorInput, DetectorOutput> _queue;
    private readonly ProposalRunner _runner;

    public ProposalModel(ModelFolder folder, ModelServices services)
        : base(folder)
    {
        var graph = Open("detector", services);
        var limit = new RunLimit(TimeSpan.FromSeconds(Manifest.Batching.RunLimitSeconds), services.Batching.Time);
        _runner = new ProposalRunner(graph, DetectorSignature.Of(graph, Manifest.Name), limit);
        // Pictures of different sizes cannot share a run.
        _queue = new(
            $"{Manifest.Name}/detector", graph, _runner, Manifest.Batching with { MaxBatchSize = 1 }, services.Batching,
            Manifest.Image.TensorBytes);
    }

    public override IEnumerable<ITensorGraph> Graphs => _queue.TakesTensors ? [_queue] : [];

    public override int Queued => _queue.Queued;

    public override double QueueSeconds => _queue.QueueSeconds;

    public override double BusyFraction => _queue.BusyFraction;

    public override long ImagesEncoded => _queue.Completed;

    /// <summary>Runs the detector; boxes come in the image's pixels, those without area left out.</summary>
    public async Task<ProposalSet> DetectAsync(RgbImage image, InferenceCall call)
    {
        var options = Manifest.Image;
        var geometry = ResizeGeometry.For(options, image.Width, image.Height);
        using var input = new DetectorInput(Padded(geometry.ResizedWidth), Padded(geometry.ResizedHeight));
        call.Stages.Measure(Contracts.Telemetry.Stages.Preprocess, () =>
        {
            input.Values.Span.Clear();
            var sink = new DetectorSink(input, options);
            PillowResampler.Resize(
                new MemoryRows(image, new PixelRect(0, 0, image.Width, image.Height)), geometry, geometry.ResizedWidth,
                geometry.ResizedHeight, options.Interpolation, ref sink);
            return true;
        });
        var output = await _queue.RunAsync(call, input, 1, 0, call.CancellationToken);
        return InPixels(output, geometry);
    }

    public override Task WarmUpAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var blank = new DetectorInput(Padded(Manifest.Image.Size), Padded(Manifest.Image.Size));
            blank.Values.Span.Clear();
            using var staged = _runner.Stage([blank]);
            staged.Run(new ItemOutput<DetectorOutput>[1]);
        },
        cancellationToken);

    protected override async Task StopAsync() => await _queue.DisposeAsync();

    private static ProposalSet InPixels(DetectorOutput output, ResizeGeometry geometry)
    {
        var (boxes, objectness) = (new List<PixelBox>(), new List<float>());
        var scaleX = (double)geometry.SourceWidth / geometry.ResizedWidth;
        var scaleY = (double)geometry.SourceHeight / geometry.ResizedHeight;
        for (var i = 0; i < output.Scores.Length; i++)
        {
            var box = new PixelBox(
                Math.Clamp(output.Boxes[4 * i] * scaleX, 0, geometry.SourceWidth),
                Math.Clamp(output.Boxes[(4 * i) + 1] * scaleY, 0, geometry.SourceHeight),
                Math.Clamp(output.Boxes[(4 * i) + 2] * scaleX, 0, geometry.SourceWidth),
                Math.Clamp(output.Boxes[(4 * i) + 3] * scaleY, 0, geometry.SourceHeight));
            if (box.Area > 0)
            {
                var score = Math.Clamp(output.Scores[i], LeastScore, 1 - LeastScore);
                boxes.Add(box);
                objectness.Add(MathF.Log(score / (1 - score)));
            }
        }

        return new ProposalSet([.. boxes], [.. objectness]);
    }

    private int Padded(int side) => (side + Manifest.Image.PadMultiple - 1) / Manifest.Image.PadMultiple * Manifest.Image.PadMultiple;
}
