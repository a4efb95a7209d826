namespace VisionCluster.Gateway.OpenInference;

/// <summary>A graph in the index of what is served.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The model's version.</param>
/// <param name="State"><c>READY</c>.</param>
/// <param name="Reason">Empty.</param>
internal sealed record ModelEntry(string Name, string Version, string State, string Reason);
