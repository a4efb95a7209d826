namespace VisionCluster.Inference.Batching;

/// <summary>The device will not run anything again until it is rebuilt.</summary>
public sealed class DeviceLostException(string message, Exception? innerException = null)
    : Exception(message, innerException);
