using System.Security.Claims;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Authentication;

/// <summary>The tenant of an authenticated caller.</summary>
internal static class TenantClaim
{
    public const string Type = "vision.tenant";

    public static TenantId Of(ClaimsPrincipal caller) => new(caller.FindFirstValue(Type)
        ?? throw new InvalidOperationException("An endpoint without authentication asked for the tenant."));
}
