using Microsoft.Extensions.Options;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>Errors under <c>/v2</c> in the protocol's shape, whoever found them: <c>{"error": "..."}</c>.</summary>
internal sealed class OpenInferenceErrors(IOptions<ProblemDetailsOptions> options) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) =>
        context.HttpContext.Request.Path.StartsWithSegments(OpenInferenceEndpoints.Root, StringComparison.Ordinal);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        options.Value.CustomizeProblemDetails?.Invoke(context);
        var problem = context.ProblemDetails;
        await context.HttpContext.Response.WriteAsJsonAsync(new InferError(problem.Detail ?? problem.Title ?? "The request failed."));
    }
}
