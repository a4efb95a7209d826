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
}
