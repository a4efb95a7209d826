namespace VisionCluster.Cli.Tests.Models.Pull;

/// <summary>What a hub was asked.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="From">First byte of the range; null without one.</param>
/// <param name="Authorization">The header.</param>
internal sealed record HubRequest(string Path, int? From, string? Authorization);
