using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Errors;

namespace VisionCluster.Gateway.Authentication;

/// <summary>
/// Finds the tenant of a request by its <c>X-Api-Key</c> or bearer token. Keys are compared by their SHA-256, so that
/// the time of a look-up tells nothing of a key.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    KeyRing keys,
    IProblemDetailsService problems)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "ApiKey";

    private const string Header = "X-Api-Key";
    private const string Bearer = "Bearer ";
    private const int MaxKeyLength = 512;

    /// <summary>The bearer token of a request; null without one.</summary>
    public static string? BearerOf(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (keys.IsOpen)
        {
            return Task.FromResult(Success(TenantId.Default, isOperator: true));
        }

        if (Presented() is not { Length: > 0 and <= MaxKeyLength } key)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(
            keys.Find(key) is { } known ? Success(new TenantId(known.Tenant), known.Operator) : AuthenticateResult.Fail("Unknown key."));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var problem = VisionProblem.Of(new VisionException(
            VisionErrorCode.Unauthenticated, $"Send a key that this server knows, as '{Header}' or as bearer token."));
        Response.StatusCode = problem.Status!.Value;
        Response.Headers.WWWAuthenticate = "Bearer";
        VisionProblem.Insist(Request);
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = Context, ProblemDetails = problem });
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var problem = VisionProblem.Of(new VisionException(VisionErrorCode.Forbidden, "Only an operator of the cluster may do this."));
        Response.StatusCode = problem.Status!.Value;
        VisionProblem.Insist(Request);
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = Context, ProblemDetails = problem });
    }

    private static AuthenticateResult Success(TenantId tenant, bool isOperator) => AuthenticateResult.Success(
        new AuthenticationTicket(TenantClaim.PrincipalOf(tenant, isOperator, SchemeName), SchemeName));

    private string? Presented() => Request.Headers.TryGetValue(Header, out var own) ? own.ToString() : BearerOf(Request);
}
