namespace VisionCluster.Cli.Bench;

/// <summary>Mean milliseconds a request; <paramref name="Elsewhere"/> is the network, HTTP, the cluster's calls and waiting to be sent.</summary>
internal sealed record StageFigures(
    double Decode, double Preprocess, double Queue, double Inference, double Postprocess, double Elsewhere);
