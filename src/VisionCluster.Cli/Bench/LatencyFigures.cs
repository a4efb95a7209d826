namespace VisionCluster.Cli.Bench;

/// <summary>Milliseconds from when a request was due until it was answered; to three digits.</summary>
internal sealed record LatencyFigures(double P50, double P90, double P99, double P999, double Max, double Mean);
