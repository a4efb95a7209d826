using System.Security.Claims;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Authentication;

/// <summary>The tenant of an authenticated caller.</summary>
internal static class TenantClaim
{
    public const string Type = "vision.tenant";

    public static TenantId Of(ClaimsPrincipal caller) => new(caller.FindFirstValue(Type)
        ?? throw new InvalidOperationException("An endpoint without authentication asked for the tenant."));

    /// <summary>A caller of a tenant.</summary>
    public static ClaimsPrincipal PrincipalOf(TenantId tenant, bool isOperator, string scheme)
    {
        var claim = new Claim(Type, tenant.Value);
        return new ClaimsPrincipal(new ClaimsIdentity(isOperator ? [claim, Operators.Claim] : [claim], scheme));
    }
}
