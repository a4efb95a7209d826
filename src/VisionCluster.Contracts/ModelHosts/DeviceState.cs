using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.ModelHosts;

/// <summary>Whether a device takes work.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeviceState>))]
public enum DeviceState
{
    /// <summary>Loading and warming up its models.</summary>
    Starting = 0,

    /// <summary>Takes work.</summary>
    Ready = 1,

    /// <summary>Failed in a way that outlasts a run; being rebuilt.</summary>
    Quarantined = 2,

    /// <summary>Finishes what it has and takes nothing new.</summary>
    Draining = 3,
}
