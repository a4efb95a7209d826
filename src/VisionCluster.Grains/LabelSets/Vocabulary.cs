using VisionCluster.Contracts.Embeddings;

namespace VisionCluster.Grains.LabelSets;

/// <summary>Labels with their embeddings.</summary>
/// <param name="Labels">As they were given.</param>
/// <param name="Matrix">A row for each.</param>
internal sealed record Vocabulary(IReadOnlyList<string> Labels, LabelEmbeddings Matrix);
