using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.AutomaticMasks;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>
/// All masks of an image, as segment-anything's automatic mask generator finds them: a grid of points on the image and
/// on its crops, each an item of the decoder's queue like any click.
/// </summary>
internal sealed class EverythingPipeline(
    PipelineServices services, ImageEmbeddings embeddings, AutomaticMaskOptions options) : IDisposable
{
    /// <summary>The least share of a crop's points between two looks at what stands.</summary>
    private const int MostLooks = 64;

    private readonly MaskUpscaler _upscaler = new();
    private readonly WorkLimiter _calls = new(options.MaxConcurrentCalls);

    // Half of the processors at most, so that a click's mask finds one free.
    private readonly WorkLimiter _drawing = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Finds masks and writes what changes.</summary>
    public async Task RunAsync(
        ImageReference image, EverythingRequest request, InferenceCall call, Func<EverythingUpdate, ValueTask> write)
    {
        using var place = await _calls.EnterAsync(call.CancellationToken);
        using var hold = services.Host.Hold<SamModel>(ModelFamily.Sam, request.Model);
        var crops = CropLayers.Boxes(image.Width, image.Height, request.CropNLayers, request.CropOverlapRatio)
            .Where(crop => crop.Box is { Width: > 0, Height: > 0 }).ToArray();
        var grids = Enumerable.Range(0, request.CropNLayers + 1).Select(layer => PointGrid.Of(request, layer)).ToArray();
        var total = crops.Sum(crop => grids[crop.Layer].Length);
        var ledger = new MaskLedger(
            request, image.Height, options.MaxMaskBytes, candidate => Encode(candidate, image, request.OutputMode), write);
        var (points, nextId) = (0, 0);
        foreach (var (box, layer) in crops)
        {
            using var crop = await OpenAsync(hold.Model, image, box, call);
            var step = Math.Max(request.PointsPerBatch, grids[layer].Length / MostLooks);
            var unseen = 0;
            var found = OrderedFanOut.RunAsync(
                grids[layer],
                hold.Model.BulkWindow,
                (point, token) => FindAsync(crop, point, request, call with { CancellationToken = token }),
                call.CancellationToken);
            await foreach (var candidates in found)
            {
                ledger.Add([.. candidates.Select(candidate => candidate with { Id = nextId++ })]);
                points++;
                if (++unseen == step)
                {
                    unseen = 0;
                    await ledger.ShowAsync();
                    await write(new EverythingUpdate { Progress = new EverythingProgress(points, total, ledger.Count) });
                }
            }

            await ledger.CloseAsync();
        }

        var ids = await ledger.FinishAsync();
        await write(new EverythingUpdate { Progress = new EverythingProgress(points, total, ids.Count) });
        await write(new EverythingUpdate
        {
            Done = new EverythingSummary(hold.Model.Manifest.Name, ids, call.Stages.ToTimings()),
        });
    }

    public void Dispose()
    {
        _calls.Dispose();
        _drawing.Dispose();
    }

    private async Task<Crop> OpenAsync(SamModel model, ImageReference image, PixelRect box, InferenceCall call)
    {
        var isWhole = box.Width == image.Width && box.Height == image.Height;
        var geometry = ResizeGeometry.For(model.Manifest.Image, box.Width, box.Height);
        if (isWhole)
        {
            var held = await embeddings.SamAsync(model, image, call);
            return new Crop(model, image, box, held.Embedding, geometry, held);
        }

        // Of this call alone: it is not kept.
        var embedding = await model.EncodeAsync(await services.Images.LoadAsync(image.Key, call), box, call);
        return new Crop(model, image, box, embedding, geometry, embedding);
    }

    private async Task<IReadOnlyList<MaskCandidate>> FindAsync(
        Crop crop, (double X, double Y) cell, EverythingRequest request, InferenceCall call)
    {
        var (x, y) = (cell.X * crop.Box.Width, cell.Y * crop.Box.Height);
        var prompt = new SegmentPrompt { Points = [new PromptPoint(x, y)] };
        using var decoded = await DecodeAsync(crop, prompt, call);
        using var own = await _drawing.EnterAsync(call.CancellationToken);
        using var place = await services.Limiter.EnterAsync(call.CancellationToken);
        return call.Stages.Measure(Contracts.Telemetry.Stages.Postprocess, () =>
        {
            var found = new List<MaskCandidate>();
            foreach (var index in MaskSelection.Choose(decoded.Scores, multimask: true))
            {
                if (Draw(crop, decoded, index, (crop.Box.X + x, crop.Box.Y + y), request) is { } candidate)
                {
                    found.Add(candidate);
                }
            }

            return found;
        });
    }

    private static async Task<SamDecoderOutput> DecodeAsync(Crop crop, SegmentPrompt prompt, InferenceCall call)
    {
        using var place = await crop.Model.BulkPlaces.EnterAsync(call.CancellationToken);
        return await crop.Model.DecodeAsync(crop.Embedding, prompt, crop.Geometry, null, call);
    }

    private MaskCandidate? Draw(
        Crop crop, SamDecoderOutput decoded, int index, (double X, double Y) point, EverythingRequest request)
    {
        var score = decoded.Scores[index];
        if (request.PredIouThresh > 0 && !(score > request.PredIouThresh))
        {
            return null;
        }

        var drawn = _upscaler.UpscaleStable(
            decoded.Logits(index), decoded.Height, decoded.Width, crop.Model.Manifest.Image.Size, crop.Geometry, 0,
            request.StabilityScoreOffset, request.StabilityScoreThresh);
        if (drawn is not var (mask, stability))
        {
            return null;
        }

        var (width, height) = (crop.Image.Width, crop.Image.Height);
        var box = InclusiveBox.Of(mask.Box, crop.Box.X, crop.Box.Y);
        return CropEdges.IsCut(box.X0, box.Y0, box.X1, box.Y1, crop.Box, width, height)
            ? null
            : new MaskCandidate(
                0, MaskCandidate.Uncrop(mask, crop.Box, width, height), box, score, stability, point, crop.Box);
    }

    private static AutomaticMask Encode(MaskCandidate candidate, ImageReference image, SegmentationMode mode)
    {
        var (box, crop) = (candidate.Box, candidate.Crop);
        var area = MaskRuns.Area(candidate.Runs);
        return new AutomaticMask
        {
            Id = candidate.Id,
            Segmentation = new MaskSegmentation([image.Height, image.Width])
            {
                Counts = mode == SegmentationMode.CocoRle ? CocoRleCodec.Compress(candidate.Runs) : null,
                Runs = mode == SegmentationMode.UncompressedRle ? candidate.Runs.AsMemory() : default(ReadOnlyMemory<uint>?),
                Png = mode == SegmentationMode.BinaryMask
                    ? MaskPng.Write(new MaskResult(image.Height, image.Width, candidate.Runs, area, default)).AsMemory()
                    : default(ReadOnlyMemory<byte>?),
            },
            Area = area,
            Bbox = [box.X0, box.Y0, box.X1 - box.X0, box.Y1 - box.Y0],
            PredictedIou = candidate.Score,
            StabilityScore = float.IsFinite(candidate.Stability) ? candidate.Stability : null,
            PointCoords = [[candidate.Point.X, candidate.Point.Y]],
            CropBox = [crop.X, crop.Y, crop.Width, crop.Height],
        };
    }

    private sealed record Crop(
        SamModel Model, ImageReference Image, PixelRect Box, SamEmbedding Embedding, ResizeGeometry Geometry, IDisposable Held)
        : IDisposable
    {
        public void Dispose() => Held.Dispose();
    }
}
