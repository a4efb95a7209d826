namespace VisionCluster.Contracts.Embeddings;

/// <summary>
/// Text embeddings as one matrix, a row each. Shared by reference inside a process and never changed.
/// </summary>
/// <param name="Dimension">Numbers in a row.</param>
/// <param name="Values">Row by row; each row has length 1.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.LabelEmbeddings")]
public sealed record LabelEmbeddings([property: Id(0)] int Dimension, [property: Id(1)] ReadOnlyMemory<float> Values)
{
    /// <summary>Rows.</summary>
    public int Count => Dimension == 0 ? 0 : Values.Length / Dimension;

    /// <summary>One row.</summary>
    public ReadOnlySpan<float> Row(int index) => Values.Span.Slice(index * Dimension, Dimension);
}
