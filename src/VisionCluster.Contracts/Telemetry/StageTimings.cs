namespace VisionCluster.Contracts.Telemetry;

/// <summary>Milliseconds that a call spent in each stage; stages that ran side by side are each counted whole.</summary>
/// <param name="Decode">Image bytes to pixels.</param>
/// <param name="Preprocess">Pixels to tensors.</param>
/// <param name="Queue">Waiting for the device.</param>
/// <param name="Inference">Runs of the device that the call took part in.</param>
/// <param name="Postprocess">Outputs to masks, labels and boxes.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.StageTimings")]
public sealed record StageTimings(
    [property: Id(0)] double Decode,
    [property: Id(1)] double Preprocess,
    [property: Id(2)] double Queue,
    [property: Id(3)] double Inference,
    [property: Id(4)] double Postprocess)
{
    /// <summary>Nothing was measured.</summary>
    public static readonly StageTimings Zero = new(0, 0, 0, 0, 0);

    /// <summary>Of several calls that make one.</summary>
    public static StageTimings Sum(IEnumerable<StageTimings> parts) => parts.Aggregate(Zero, static (a, b) => new(
        a.Decode + b.Decode, a.Preprocess + b.Preprocess, a.Queue + b.Queue, a.Inference + b.Inference, a.Postprocess + b.Postprocess));
}
