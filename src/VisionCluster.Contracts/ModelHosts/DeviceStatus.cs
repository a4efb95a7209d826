namespace VisionCluster.Contracts.ModelHosts;

/// <summary>A device as its host sees it.</summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.DeviceStatus")]
public sealed record DeviceStatus
{
    /// <summary>Most tenants of a report: every silo sends one a second.</summary>
    public const int MaxTenants = 4;

    /// <summary>Silo and device.</summary>
    [Id(0)]
    public required string Host { get; init; }

    /// <summary>Whether it takes work.</summary>
    [Id(1)]
    public required DeviceState State { get; init; }

    /// <summary>Models it serves.</summary>
    [Id(2)]
    public required IReadOnlyList<ModelStatus> Models { get; init; }

    /// <summary>Items waiting, all queues.</summary>
    [Id(3)]
    public required int Queued { get; init; }

    /// <summary>Estimated seconds until what waits now has run.</summary>
    [Id(4)]
    public required double QueueSeconds { get; init; }

    /// <summary>Share of the last seconds in which the device ran, 0 to 1.</summary>
    [Id(5)]
    public required double BusyFraction { get; init; }

    /// <summary>Bytes of image embeddings held.</summary>
    [Id(6)]
    public required long EmbeddingBytes { get; init; }

    /// <summary>Bytes that models, kept masks and image embeddings may take together.</summary>
    [Id(7)]
    public required long BudgetBytes { get; init; }

    /// <summary>Image encoder runs so far, counted by image.</summary>
    [Id(8)]
    public required long ImagesEncoded { get; init; }

    /// <summary>Bytes that the loaded models take.</summary>
    [Id(9)]
    public long ModelBytes { get; init; }

    /// <summary>Bytes of masks that are kept for refinement.</summary>
    [Id(10)]
    public long MaskBytes { get; init; }

    /// <summary>Sessions active on the device's silo, whichever of its devices they use.</summary>
    [Id(11)]
    public int Sessions { get; init; }

    /// <summary>The tenants that took most of the device's time, at most <see cref="MaxTenants"/>.</summary>
    [Id(12)]
    public IReadOnlyList<TenantLoad> Tenants { get; init; } = [];
}
