using Orleans.Placement;

namespace VisionCluster.Grains.Placement;

/// <summary>Puts a grain on a silo that has a device, the less loaded of two chosen at random.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class DevicePlacementAttribute() : PlacementAttribute(new DevicePlacement());
