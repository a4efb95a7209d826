using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Client;

/// <summary>What a client adds to each call.</summary>
public sealed class VisionClientOptions
{
    /// <summary>A key that the server knows; null for a server that asks for none. HTTP only.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Largest image that is sent, bytes; the server may allow less.</summary>
    [Range(1, 1L << 30)]
    public long MaxImageBytes { get; set; } = 32L << 20;

    /// <summary>
    /// How often a call is sent again that was refused for the moment (429, 502, 503) or whose connection failed; 0: never.
    /// Every call of the API may be sent twice without a second effect. HTTP by <c>AddVisionClusterClient</c> only: grain
    /// calls are repeated by the cluster's own client.
    /// </summary>
    [Range(0, 10)]
    public int MaxRetries { get; set; } = 2;
}
