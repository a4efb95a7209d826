namespace VisionCluster.Inference.Batching;

/// <summary>What the executors of a device share.</summary>
/// <param name="Time">The clock of queues, deadlines and figures.</param>
/// <param name="WeightOf">A tenant's weight, greater than 0.</param>
/// <param name="Instruments">Metrics.</param>
/// <param name="DeviceLost">Called once a run finds the device gone for good.</param>
public sealed record BatchingEnvironment(
    TimeProvider Time, Func<string, double> WeightOf, BatchingInstruments Instruments, Action<Exception> DeviceLost)
{
    /// <summary>Counts the device's time by tenant; null: nobody asks.</summary>
    public TenantTimes? TenantTimes { get; init; }
}
