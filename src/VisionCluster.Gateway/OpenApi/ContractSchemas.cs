using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Gateway.OpenApi;

/// <summary>Describes the types whose JSON is shorter than their C#.</summary>
internal sealed class ContractSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(PixelBox))
        {
            schema.Type = JsonSchemaType.Array;
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.Number };
            (schema.MinItems, schema.MaxItems) = (4, 4);
            schema.Description = "[x0, y0, x1, y1] in pixels of the oriented image.";
        }
        else if (type == typeof(MaskSegmentation))
        {
            schema.Description = "COCO's {\"size\": [h, w], \"counts\"}, counts a string or, uncompressed, an array of numbers; "
                + "or a PNG in base64.";
        }
        else if (type == typeof(PromptTemplates))
        {
            schema.Description = "The name of a set (" + string.Join(", ", TemplateSets.Names)
                + ") or an array of sentences, each with one {}.";
        }

        return Task.CompletedTask;
    }
}
