using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Sources;

namespace VisionCluster.Inference.Pipelines;

/// <summary>What the pipelines of one device share.</summary>
/// <param name="Host">The device.</param>
/// <param name="Images">Pixels of uploaded images.</param>
/// <param name="Limiter">Bounds work on the processors.</param>
internal sealed record PipelineServices(DeviceHost Host, ImageLoader Images, WorkLimiter Limiter);
