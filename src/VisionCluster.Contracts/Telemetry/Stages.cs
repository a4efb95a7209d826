namespace VisionCluster.Contracts.Telemetry;

/// <summary>The stages of a call, as spans, metric attributes and <c>Server-Timing</c> entries name them.</summary>
public static class Stages
{
    /// <summary>Image bytes to pixels.</summary>
    public const string Decode = "decode";

    /// <summary>Pixels to tensors.</summary>
    public const string Preprocess = "preprocess";

    /// <summary>Waiting for the device.</summary>
    public const string Queue = "queue";

    /// <summary>The device's run.</summary>
    public const string Inference = "inference";

    /// <summary>Outputs to answers.</summary>
    public const string Postprocess = "postprocess";
}
