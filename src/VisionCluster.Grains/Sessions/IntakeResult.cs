using VisionCluster.Contracts.Telemetry;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Grains.Sessions;

/// <summary>An upload that was found good.</summary>
/// <param name="Header">Size and format.</param>
/// <param name="Sha256">Digest, 64 lower-case hexadecimal digits.</param>
/// <param name="Timings">Where the time went.</param>
internal sealed record IntakeResult(ImageHeader Header, string Sha256, StageTimings Timings);
