using System.Security.Claims;

namespace VisionCluster.Gateway.Authentication;

/// <summary>Who may see and change the cluster itself.</summary>
internal static class Operators
{
    /// <summary>Name of the authorization policy.</summary>
    public const string Policy = "operator";

    /// <summary>The claim of a caller who may.</summary>
    public static readonly Claim Claim = new(ClaimTypes.Role, Policy);

    /// <summary>Lets operators alone call an endpoint, on their own port where there is one.</summary>
    public static TBuilder ForOperators<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Policy).WithMetadata(new OperatorEndpoint());

    /// <summary>
    /// On other ports than the operators' an endpoint of theirs is not there. The port is the connection's: what a caller
    /// writes into its Host header does not count.
    /// </summary>
    public static void UseOperatorPort(this WebApplication app, int port)
    {
        if (port > 0)
        {
            app.Use((context, next) =>
            {
                if (context.GetEndpoint()?.Metadata.GetMetadata<OperatorEndpoint>() is null || context.Connection.LocalPort == port)
                {
                    return next(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        }
    }

    private sealed class OperatorEndpoint;
}
