using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace VisionCluster.Gateway.OpenApi;

/// <summary>Describes the bodies of the Open Inference Protocol, which are read and written by hand.</summary>
internal static class InferenceExamples
{
    private const string Json = "application/json";

    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "With the header Inference-Header-Content-Length the bytes of inputs that say 'binary_data_size' follow the JSON.",
            Content = Body(
                ["inputs"],
                """{"id":"42","parameters":{"priority":1,"timeout":500000},"inputs":[{"name":"input_ids","datatype":"INT64","shape":[1,3],"data":[49406,320,49407]}],"outputs":[{"name":"text_embeds"}]}"""),
        };
        operation.Responses ??= [];
        operation.Responses["200"] = new OpenApiResponse
        {
            Description = "Outputs; those that were asked for as 'binary_data' follow the JSON.",
            Content = Body(
                ["model_name", "outputs"],
                """{"model_name":"starter-clip.textEncoder","model_version":"2","id":"42","outputs":[{"name":"text_embeds","datatype":"FP32","shape":[1,2],"data":[0.6,-0.8]}]}"""),
        };
        return Task.CompletedTask;
    }

    private static Dictionary<string, OpenApiMediaType> Body(string[] required, string example) => new()
    {
        [Json] = new OpenApiMediaType
        {
            Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Required = new HashSet<string>(required) },
            Example = JsonNode.Parse(example),
        },
    };
}
