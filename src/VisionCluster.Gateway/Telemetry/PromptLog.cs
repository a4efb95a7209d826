using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Gateway.Telemetry;

/// <summary>Logs the words that a request asks for, where the operator opted in.</summary>
internal sealed class PromptLog(IOptions<TelemetryOptions> options, ILogger<PromptLog> logger) : IEndpointFilter
{
    private const int MaxWords = 16;

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (options.Value.LogPrompts && context.Arguments.Select(WordsOf).FirstOrDefault(static words => words is not null) is { } words)
        {
            logger.Asked(context.HttpContext.GetEndpoint()?.DisplayName ?? "", string.Join(", ", words.Take(MaxWords)));
        }

        return next(context);
    }

    private static IEnumerable<string>? WordsOf(object? argument) => argument switch
    {
        SegmentRequest segment => segment.Prompts.Select(static prompt => prompt.Text).OfType<string>(),
        ClassifyRequest classify => classify.Labels,
        DetectRequest detect => detect.Labels,
        _ => null,
    };
}
