namespace VisionCluster.Inference.Batching;

/// <summary>A run needed more memory than the device has; a smaller one may fit.</summary>
public sealed class DeviceOutOfMemoryException(string message, Exception? innerException = null)
    : Exception(message, innerException);
