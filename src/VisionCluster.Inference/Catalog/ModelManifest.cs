using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Catalog;

/// <summary>
/// A model's <c>model.json</c>: what its graphs cannot say. Names, types and shapes are read from the graphs.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The model's name, unique in a cluster: letters, digits, '.', '_', '-'.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of model it is.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Changes whenever the files do.</summary>
    public required string Version { get; init; }

    /// <summary>SPDX expression.</summary>
    public string License { get; init; } = "";

    /// <summary>Where it is from.</summary>
    public string Source { get; init; } = "";

    /// <summary>
    /// Its files by role: <c>imageEncoder</c>, <c>textEncoder</c>, <c>combined</c>, <c>maskDecoder</c>,
    /// <c>detector</c>, <c>regionEncoder</c>, <c>merges</c>. Others, such as the weights that lie beside a large graph, are
    /// checked and counted and not opened.
    /// </summary>
    public required IReadOnlyDictionary<string, ModelFile> Files { get; init; }

    /// <summary>How a picture becomes its input.</summary>
    public required ImagePreprocessing Image { get; init; }

    /// <summary>How its queues form batches; a graph that has no free batch dimension runs one item at a time.</summary>
    public BatchingOptions Batching { get; init; } = new();

    /// <summary>CLIP: what cosines are multiplied with before a softmax.</summary>
    public float LogitScale { get; init; } = 100;

    /// <summary>CLIP: tokens of a text, with its first and last.</summary>
    public int ContextLength { get; init; } = 77;

    /// <summary>CLIP: what fills the rest of a text.</summary>
    public ClipPadding Padding { get; init; }

    /// <summary>RegionCLIP: the model whose text side shares the space.</summary>
    public string? Clip { get; init; }

    /// <summary>Bytes that it takes on a device, where they were measured; null: the size of its graphs.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>SAM, RegionCLIP: how feature maps are kept between calls.</summary>
    public EmbeddingPrecision EmbeddingPrecision { get; init; }

    /// <summary>Recorded inputs and outputs.</summary>
    public SelfTest? SelfTest { get; init; }
}
