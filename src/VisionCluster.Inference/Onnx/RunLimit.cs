namespace VisionCluster.Inference.Onnx;

/// <summary>How long a run may take.</summary>
/// <param name="Longest">After this the run is ended and fails.</param>
/// <param name="Time">Clock of the limit.</param>
internal readonly record struct RunLimit(TimeSpan Longest, TimeProvider Time);
