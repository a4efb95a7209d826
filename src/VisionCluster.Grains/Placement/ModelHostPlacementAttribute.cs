using Orleans.Placement;

namespace VisionCluster.Grains.Placement;

/// <summary>Puts a model host on the silo that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ModelHostPlacementAttribute() : PlacementAttribute(new ModelHostPlacement());
