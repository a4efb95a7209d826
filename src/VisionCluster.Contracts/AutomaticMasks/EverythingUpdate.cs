using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>
/// One step of a call's stream; just one member is set. A mask adds a record, or puts a better version in place of the
/// one with its id; dropped takes away what a better mask has displaced. After <see cref="Done"/> the records that
/// stand are the whole answer: what the original gives at the end.
/// </summary>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EverythingUpdate")]
public sealed record EverythingUpdate
{
    /// <summary>How far the call has come.</summary>
    [Id(0)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EverythingProgress? Progress { get; init; }

    /// <summary>A mask was found, or has changed.</summary>
    [Id(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AutomaticMask? Mask { get; init; }

    /// <summary>Ids of masks that no longer stand.</summary>
    [Id(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? Dropped { get; init; }

    /// <summary>The last update.</summary>
    [Id(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EverythingSummary? Done { get; init; }
}
