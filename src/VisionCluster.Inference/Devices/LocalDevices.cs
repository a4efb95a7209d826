using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Devices;

/// <summary>The devices that this process uses; none for one that only serves HTTP.</summary>
/// <param name="All">All of them.</param>
public sealed record LocalDevices(IReadOnlyList<OnnxDevice> All)
{
    /// <summary>What was asked for or expected, and why it is not there.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
