using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// Outputs of the image encoder for one image: one feature map of SAM, three of SAM 2. Maps in the device's own memory go when
/// it is disposed and nobody holds it.
/// </summary>
internal sealed class SamEmbedding : IHeldEmbedding
{
    /// <param name="values">Each map's numbers, the coarsest map first; taken over.</param>
    /// <param name="shapes"><c>[1, channels, height, width]</c> of each.</param>
    /// <param name="precision">How they are kept.</param>
    public SamEmbedding(
        IReadOnlyList<float[]> values, IReadOnlyList<long[]> shapes, EmbeddingPrecision precision = EmbeddingPrecision.Full)
    {
        Maps = [.. values.Select(map => new FeatureTensor(map, precision))];
        Shapes = [.. shapes];
        Bytes = Maps.Sum(map => map.Bytes);
    }

    /// <param name="maps">Each map on its device, the coarsest map first; taken over.</param>
    /// <param name="shapes"><c>[1, channels, height, width]</c> of each.</param>
    /// <param name="memory">Where they lie.</param>
    public SamEmbedding(IReadOnlyList<DeviceTensor> maps, IReadOnlyList<long[]> shapes, DeviceTensors memory)
    {
        Maps = [.. maps.Select(map => new FeatureTensor(map, memory))];
        Shapes = [.. shapes];
        Bytes = Maps.Sum(map => map.Bytes);
    }

    /// <summary>The embedding of a model with one map.</summary>
    public SamEmbedding(float[] values, long[] shape, EmbeddingPrecision precision = EmbeddingPrecision.Full)
        : this([values], [shape], precision)
    {
    }

    /// <summary>The maps as they are kept, the coarsest, which the decoder attends to, first.</summary>
    public IReadOnlyList<FeatureTensor> Maps { get; }

    /// <summary>Their shapes.</summary>
    public IReadOnlyList<long[]> Shapes { get; }

    public long Bytes { get; }

    public void Hold()
    {
        foreach (var map in Maps)
        {
            map.OnDevice?.Hold();
        }
    }

    public void Release()
    {
        foreach (var map in Maps)
        {
            map.OnDevice?.Release();
        }
    }

    public void Dispose()
    {
        foreach (var map in Maps)
        {
            map.OnDevice?.Dispose();
        }
    }
}
