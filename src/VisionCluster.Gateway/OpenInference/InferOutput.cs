namespace VisionCluster.Gateway.OpenInference;

/// <summary>An output that an <see cref="InferDocument"/> asks for.</summary>
internal sealed class InferOutput
{
    public string? Name { get; set; }

    public Dictionary<string, object?> Parameters { get; set; } = [];
}
