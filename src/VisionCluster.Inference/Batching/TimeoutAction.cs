using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Batching;

/// <summary>What happens to an item that waited longer than its queue timeout (Triton's <c>timeout_action</c>).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TimeoutAction>))]
public enum TimeoutAction
{
    /// <summary>It is refused.</summary>
    Reject = 0,

    /// <summary>It waits on behind everything that has not timed out.</summary>
    Delay = 1,
}
