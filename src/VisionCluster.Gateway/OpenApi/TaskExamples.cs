using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace VisionCluster.Gateway.OpenApi;

/// <summary>Gives every operation that takes JSON an example, which the sample pictures and the starter models answer.</summary>
internal static class TaskExamples
{
    private const string Json = "application/json";

    private static readonly Dictionary<string, string> Requests = new(StringComparer.Ordinal)
    {
        ["UploadImages"] = """{"ids":["1bb61a77650336dd2bd02fc3d9e52345"]}""",
        ["Segment"] = """{"prompts":[{"points":[{"x":150,"y":200}]},{"box":[48,92,258,299]}],"output":{"format":"rle"}}""",
        ["Everything"] = """{"pointsPerSide":4,"predIouThresh":0.7}""",
        ["Classify"] = """{"labels":["dog face","pizza","guitar"],"templates":"simple","topK":3}""",
        ["Detect"] = """{"labels":["dog face","pizza","guitar"],"scoreThreshold":0.3,"masks":true}""",
        ["EmbedRegions"] = """{"boxes":[[48,92,258,299]]}""",
        ["Embed"] = """{"input":["a photo of a dog","a pizza"],"encoding_format":"float"}""",
        ["Search"] = """{"text":"a dog face","topK":5}""",
        ["PutLabelSet"] = """{"labels":["dog face","pizza","guitar"],"templates":["a drawing of a {}.","a {}"]}""",
    };

    /// <summary>Adds them to a document.</summary>
    public static Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.OperationId is { } name && Requests.TryGetValue(name, out var example)
            && operation.RequestBody?.Content?.TryGetValue(Json, out var body) == true && body is OpenApiMediaType media)
        {
            media.Example = JsonNode.Parse(example);
        }

        return Task.CompletedTask;
    }
}
