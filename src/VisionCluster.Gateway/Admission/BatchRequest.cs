namespace VisionCluster.Gateway.Admission;

/// <summary>Images that were uploaded before.</summary>
/// <param name="Ids">Their ids.</param>
internal sealed record BatchRequest(IReadOnlyList<string> Ids);
