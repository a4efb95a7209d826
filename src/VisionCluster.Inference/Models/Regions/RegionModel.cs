using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Stages;
using VisionCluster.Inference.Tensors;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>
/// Proposals and region embeddings from one pass over an image (RegionCLIP, arXiv 2112.09106): a detector that puts out
/// <c>boxes</c>, <c>objectness</c> and <c>feature_map</c>, and a region encoder that reads the map.
/// </summary>
internal sealed class RegionModel : LoadedModel
{
    private const int Map = 2;

    private static readonly string[] DetectorOutputs = ["boxes", "objectness", "feature_map"];

    private readonly ImageEncoder _detector;
    private readonly RegionEncoderRunner _runner;
    private readonly GraphQueue<RegionBatch, float[][]> _regions;
    private readonly RegionFeatures _blank;
    private readonly DeviceTensors? _memory;

    public RegionModel(ModelFolder folder, ModelServices services)
        : base(folder)
    {
        var detector = Open("detector", services);
        _detector = new ImageEncoder(
            $"{Manifest.Name}/detector", detector, detector.Inputs.Keys.Single(), DetectorOutputs, Manifest.Image,
            Manifest.Batching, services.Batching);
        var blank = _detector.EncodeBlank();
        var shape = blank.Shapes[Map];
        // Only where it is asked for: no GPU was at hand to try it on.
        _memory = services.Onnx.KeepEmbeddingsOnDevice == true ? services.Tensors : null;
        if (_memory is not null)
        {
            _detector.KeepOnDevice(
                new ResidentOutputs(_memory, [DetectorOutputs[Map]], [shape], Manifest.EmbeddingPrecision) { OnHost = DetectorOutputs[..Map] });
        }

        _blank = new RegionFeatures([], [], Blank(blank.Values[Map], shape));
        var limit = new RunLimit(TimeSpan.FromSeconds(Manifest.Batching.RunLimitSeconds), services.Batching.Time);
        var encoder = Open("regionEncoder", services);
        _runner = new RegionEncoderRunner(encoder, shape, Manifest.EmbeddingPrecision, _memory, limit);
        _regions = new(
            $"{Manifest.Name}/regionEncoder", encoder, _runner, Manifest.Batching, services.Batching, Manifest.Image.TensorBytes);
    }

    public override IEnumerable<ITensorGraph> Graphs =>
        _regions.TakesTensors ? _detector.Graphs.Append(_regions) : _detector.Graphs;

    public override int Queued => _detector.Queued + _regions.Queued;

    public override double QueueSeconds => _detector.QueueSeconds + _regions.QueueSeconds;

    public override double BusyFraction => Math.Min(1, _detector.BusyFraction + _regions.BusyFraction);

    public override long ImagesEncoded => _detector.Completed;

    /// <summary>Runs the detector; proposals come in the image's pixels.</summary>
    public async Task<RegionFeatures> DetectAsync(RgbImage image, InferenceCall call)
    {
        var encoded = await _detector.EncodeAsync(image, call);
        var geometry = GeometryOf(image.Width, image.Height);
        var flat = encoded.Values[0];
        var boxes = new PixelBox[flat.Length / 4];
        for (var i = 0; i < boxes.Length; i++)
        {
            boxes[i] = FromInput(flat.AsSpan(i * 4, 4), geometry);
        }

        return new RegionFeatures(boxes, encoded.Values[1], _memory is null
            ? new FeatureTensor(encoded.Values[Map], Manifest.EmbeddingPrecision)
            : new FeatureTensor(encoded.OnDevice[0], _memory));
    }

    /// <summary>Embeds boxes of an image, each of length 1.</summary>
    public async Task<float[][]> EmbedAsync(
        RegionFeatures features, IReadOnlyList<PixelBox> boxes, int width, int height, InferenceCall call)
    {
        var geometry = GeometryOf(width, height);
        var flat = new float[boxes.Count * 4];
        for (var i = 0; i < boxes.Count; i++)
        {
            (flat[i * 4], flat[(i * 4) + 1]) = geometry.Map(boxes[i].X0, boxes[i].Y0);
            (flat[(i * 4) + 2], flat[(i * 4) + 3]) = geometry.Map(boxes[i].X1, boxes[i].Y1);
        }

        var batch = new RegionBatch(features, flat, boxes.Count);
        return await _regions.RunAsync(call, batch, boxes.Count, batch.Bucket, call.CancellationToken);
    }

    public override async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        await _detector.WarmUpAsync();
        await Task.Run(() =>
        {
            foreach (var batch in WarmUpSizes(Manifest.Batching.MaxBatchSize))
            {
                using var staged = _runner.Stage(Enumerable.Repeat(new RegionBatch(_blank, new float[4], 1), batch).ToArray());
                staged.Run(new ItemOutput<float[][]>[batch]);
            }
        }, cancellationToken);
    }

    protected override async Task StopAsync()
    {
        await _detector.DisposeAsync();
        await _regions.DisposeAsync();
        _runner.Dispose();
        _blank.Dispose();
    }

    /// <summary>The map of a picture that has nothing in it, as maps are kept.</summary>
    private FeatureTensor Blank(float[] values, long[] shape)
    {
        if (_memory is null)
        {
            return new FeatureTensor(values, Manifest.EmbeddingPrecision);
        }

        var type = ResidentOutputs.TypeOf(Manifest.EmbeddingPrecision);
        _memory.WarmUp(Manifest.Batching.MaxBatchSize, type);
        return new FeatureTensor(_memory.Upload(values, shape, type), _memory);
    }

    private static PixelBox FromInput(ReadOnlySpan<float> box, ResizeGeometry geometry)
    {
        var scaleX = (double)geometry.SourceWidth / geometry.ResizedWidth;
        var scaleY = (double)geometry.SourceHeight / geometry.ResizedHeight;
        return new PixelBox(
            Math.Clamp(box[0] * scaleX, 0, geometry.SourceWidth),
            Math.Clamp(box[1] * scaleY, 0, geometry.SourceHeight),
            Math.Clamp(box[2] * scaleX, 0, geometry.SourceWidth),
            Math.Clamp(box[3] * scaleY, 0, geometry.SourceHeight));
    }

    private ResizeGeometry GeometryOf(int width, int height) => ResizeGeometry.For(Manifest.Image, width, height);
}
