using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Devices;

/// <summary>The devices that this process uses; none for one that only serves HTTP.</summary>
/// <param name="All">All of them.</param>
public sealed record LocalDevices(IReadOnlyList<OnnxDevice> All);
