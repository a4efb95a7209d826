namespace VisionCluster.Grains.Placement;

/// <summary>Marks grains that need a device on their silo.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.DevicePlacement")]
internal sealed class DevicePlacement : PlacementStrategy;
