using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Gateway.Live;

/// <summary>A message of a live connection.</summary>
/// <param name="Id">The caller's number for it, which comes back with the answer.</param>
/// <param name="Request">What to segment.</param>
internal sealed record LiveRequest(long Id, SegmentRequest Request);
