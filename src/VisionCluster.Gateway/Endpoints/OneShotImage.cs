using VisionCluster.Contracts.Classification;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Labels of one of several images.</summary>
/// <param name="Results">Best first.</param>
internal sealed record OneShotImage(IReadOnlyList<ScoredLabel> Results);
