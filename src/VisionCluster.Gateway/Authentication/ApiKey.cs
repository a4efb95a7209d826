namespace VisionCluster.Gateway.Authentication;

/// <summary>A key that a tenant's callers show.</summary>
public sealed class ApiKey
{
    /// <summary>Whose key it is.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>Whether its bearer may also see and change the cluster itself.</summary>
    public bool Operator { get; set; }

    /// <summary>SHA-256 of the key, 64 hexadecimal digits; the key itself is kept nowhere.</summary>
    public string Sha256 { get; set; } = "";
}
