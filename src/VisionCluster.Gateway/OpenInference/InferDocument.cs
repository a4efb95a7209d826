namespace VisionCluster.Gateway.OpenInference;

/// <summary>The JSON object of an inference request, its numbers still as text.</summary>
internal sealed class InferDocument
{
    public string? Id { get; set; }

    public Dictionary<string, object?> Parameters { get; set; } = [];

    public List<InferInput> Inputs { get; } = [];

    public List<InferOutput> Outputs { get; } = [];
}
