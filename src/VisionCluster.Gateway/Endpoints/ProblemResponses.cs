using Microsoft.AspNetCore.Mvc;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Declares the errors of endpoints for OpenAPI.</summary>
internal static class ProblemResponses
{
    public static TBuilder WithProblems<TBuilder>(this TBuilder builder, params ReadOnlySpan<int> statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"]));
        }

        return builder;
    }
}
