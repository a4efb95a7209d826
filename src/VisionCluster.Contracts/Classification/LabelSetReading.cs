namespace VisionCluster.Contracts.Classification;

/// <summary>A label set as a silo reads it.</summary>
/// <param name="Version">Changes with every write; of no other set, nor of one that was deleted.</param>
/// <param name="Set">The set; null where the reader knows this version.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.LabelSetReading")]
public sealed record LabelSetReading([property: Id(0)] string Version, [property: Id(1)] LabelSet? Set);
