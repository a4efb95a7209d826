using System.Security.Claims;

namespace VisionCluster.Gateway.Authentication;

/// <summary>Who may see and change the cluster itself.</summary>
internal static class Operators
{
    /// <summary>Name of the authorization policy.</summary>
    public const string Policy = "operator";

    /// <summary>The claim of a caller who may.</summary>
    public static readonly Claim Claim = new(ClaimTypes.Role, Policy);
}
