using System.ComponentModel.DataAnnotations;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Gateway;

/// <summary>Limits of the HTTP face; section <c>Vision:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Gateway";

    /// <summary>
    /// A port of their own for what operators alone may do, to be kept from the outside; 0: it is on every port, behind
    /// the operator's role.
    /// </summary>
    [Range(0, 65535)]
    public int OperatorPort { get; set; }

    /// <summary>
    /// A port for gRPC without TLS, which has to be HTTP/2 alone; 0: none. With TLS gRPC is on every port.
    /// </summary>
    [Range(0, 65535)]
    public int GrpcPort { get; set; }

    /// <summary>
    /// Whether Orleans' dashboard is at <c>/dashboard</c>, for operators. To be set on all silos; each then watches every
    /// grain call and takes some 60 MiB more.
    /// </summary>
    public bool Dashboard { get; set; }

    /// <summary>Largest image, bytes as uploaded.</summary>
    [Range(1024, 1L << 30)]
    public long MaxImageBytes { get; set; } = 32L << 20;

    /// <summary>Largest JSON body, bytes.</summary>
    [Range(1024, 1L << 30)]
    public long MaxJsonBytes { get; set; } = 16L << 20;

    /// <summary>Largest tensors of one call, bytes, as they lie behind its JSON or in its message.</summary>
    [Range(1024, InferRequest.MaxBytes)]
    public int MaxTensorBytes { get; set; } = InferRequest.MaxBytes;

    /// <summary>Connections at once, live ones included; more are closed as they come.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Longest that a request's headers may take to come.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A body that comes more slowly, bytes a second over any five, is given up.</summary>
    [Range(1, 1 << 20)]
    public int MinBodyBytesPerSecond { get; set; } = 1024;

    /// <summary>Longest that any call may take; a caller may ask for less.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The same for calls that nobody waits for: all masks of an image, and images in bulk.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan MaxBulkTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Largest body of images in bulk, bytes.</summary>
    [Range(1024, 1L << 40)]
    public long MaxBatchBytes { get; set; } = 1L << 30;

    /// <summary>Most images of one body.</summary>
    [Range(1, 100_000)]
    public int MaxBatchImages { get; set; } = 1000;

    /// <summary>Images of one body that are under way at once; each takes at most <see cref="MaxImageBytes"/>.</summary>
    [Range(1, 64)]
    public int BatchConcurrency { get; set; } = 4;

    /// <summary>Largest message on a live connection, bytes.</summary>
    [Range(1024, 1 << 24)]
    public int MaxLiveMessageBytes { get; set; } = 1 << 20;

    /// <summary>A live connection without a message for so long is closed.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LiveIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
