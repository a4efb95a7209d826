namespace VisionCluster.Gateway.OpenInference;

/// <summary>An input of an <see cref="InferDocument"/>.</summary>
internal sealed class InferInput
{
    public string? Name { get; set; }

    public string? Datatype { get; set; }

    public List<long>? Shape { get; set; }

    public Dictionary<string, object?> Parameters { get; set; } = [];

    /// <summary>Its numbers: the array's text; null where they lie behind the JSON.</summary>
    public ReadOnlyMemory<byte>? Data { get; set; }
}
