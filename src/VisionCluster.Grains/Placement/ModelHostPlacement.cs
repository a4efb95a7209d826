namespace VisionCluster.Grains.Placement;

/// <summary>Marks grains that belong to the silo in their key.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.ModelHostPlacement")]
internal sealed class ModelHostPlacement : PlacementStrategy;
