using System.Numerics.Tensors;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Regions;

/// <summary>
/// Runs a region encoder: RoIAlign on feature maps, then embeddings in the text's space. Takes <c>feature_map</c>
/// <c>[batch, channels, height, width]</c>, <c>boxes</c> <c>[regions, 4]</c> and <c>batch_indices</c> <c>[regions]</c>.
/// </summary>
internal sealed class RegionEncoderRunner : IBatchRunner<RegionBatch, float[][]>, IDisposable
{
    private const string Map = "feature_map";
    private const string Boxes = "boxes";
    private const string Indices = "batch_indices";
    private const string Output = "region_embeds";

    private readonly FeatureMaps _maps;
    private readonly RunLimit _limit;
    private readonly BoundRunPool _runs;

    /// <param name="graph">The region encoder.</param>
    /// <param name="mapShape">Of an image's map, with 1 as the batch.</param>
    /// <param name="precision">How maps are kept.</param>
    /// <param name="memory">The device's own memory, where they lie; null: the host's.</param>
    /// <param name="limit">Longest run.</param>
    public RegionEncoderRunner(OnnxGraph graph, long[] mapShape, EmbeddingPrecision precision, DeviceTensors? memory, RunLimit limit)
    {
        _maps = new FeatureMaps([Map], [mapShape], precision, memory);
        _limit = limit;
        _runs = new BoundRunPool((batch, bucket) =>
        {
            var run = new BoundRun(graph, [Output]);
            _maps.AddInputs(run, batch);
            run.AddInput<float>(Boxes, batch * bucket, 4);
            run.AddInput<long>(Indices, batch * bucket);
            return run;
        });
    }

    public IStagedBatch<float[][]> Stage(IReadOnlyList<RegionBatch> inputs)
    {
        var bucket = inputs[0].Bucket;
        var run = _runs.Rent(inputs.Count, bucket);
        var boxes = run.Input<float>(Boxes).Data;
        var indices = run.Input<long>(Indices).Data;
        boxes.Clear();
        for (var i = 0; i < inputs.Count; i++)
        {
            inputs[i].Boxes.CopyTo(boxes[(i * bucket * 4)..]);
            indices.Slice(i * bucket, bucket).Fill(i);
        }

        var lent = _maps.Fill(run, inputs, static region => region.Features.Maps);
        return new BoundBatch<float[][]>(
            _runs, run, inputs.Count, bucket, _limit, (done, item) => Pick(done, item * bucket, inputs[item].Count), lent);
    }

    public void Dispose() => _runs.Dispose();

    private static ItemOutput<float[][]> Pick(BoundRun run, int first, int count)
    {
        var embeddings = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var row = run.Output(Output).Row(first + i);
            if (!TensorPrimitives.IsFiniteAll<float>(row))
            {
                return new(null, new InvalidDataException("The region encoder's output is not a number for these boxes."));
            }

            embeddings[i] = UnitVector.Of(row);
        }

        return new(embeddings);
    }
}
