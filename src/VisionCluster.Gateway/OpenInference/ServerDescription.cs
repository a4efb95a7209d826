namespace VisionCluster.Gateway.OpenInference;

/// <summary>What the server is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Extensions">Of the protocol, those that it has.</param>
internal sealed record ServerDescription(string Name, string Version, IReadOnlyList<string> Extensions)
{
    /// <summary>This one.</summary>
    public static ServerDescription Own { get; } = new(
        "visioncluster",
        typeof(ServerDescription).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
        ["binary_tensor_data", "schedule_policy"]);
}
