namespace VisionCluster.Inference.Imaging.Isolation;

/// <summary>How a process is started that runs <see cref="DecoderWorker"/>.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">What stands before the worker's own arguments.</param>
public sealed record DecoderCommand(string FileName, IReadOnlyList<string> Arguments);
