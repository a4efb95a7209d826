using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
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
    IOptionsMonitor<TenantKeyOptions> keys,
    IProblemDetailsService problems)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "ApiKey";

    private const string Header = "X-Api-Key";
    private const string Bearer = "Bearer ";
    private const int MaxKeyLength = 512;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var known = keys.CurrentValue.Keys;
        if (known.Count == 0)
        {
            return Task.FromResult(Success(TenantId.Default.Value, isOperator: true));
        }

        if (Presented() is not { Length: > 0 and <= MaxKeyLength } key)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        var match = known.FirstOrDefault(k => k.Sha256.Equals(digest, StringComparison.OrdinalIgnoreCase));
        return Task.FromResult(match is null ? AuthenticateResult.Fail("Unknown key.") : Success(match.Tenant, match.Operator));
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

    private static AuthenticateResult Success(string tenant, bool isOperator)
    {
        var claim = new Claim(TenantClaim.Type, tenant);
        var identity = new ClaimsIdentity(isOperator ? [claim, Operators.Claim] : [claim], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private string? Presented()
    {
        if (Request.Headers.TryGetValue(Header, out var own))
        {
            return own.ToString();
        }

        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }
}
