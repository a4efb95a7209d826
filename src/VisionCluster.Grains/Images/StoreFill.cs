namespace VisionCluster.Grains.Images;

/// <summary>How full a store is.</summary>
/// <param name="UsedBytes">Taken.</param>
/// <param name="CapacityBytes">Most that it can take; null where there is no bound.</param>
internal readonly record struct StoreFill(long UsedBytes, long? CapacityBytes);
