using Microsoft.Extensions.Logging;

namespace VisionCluster.Inference.Devices;

internal static partial class DeviceHostLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model} is warm on {Device} after {Milliseconds:0} ms")]
    public static partial void ModelLoaded(this ILogger logger, string model, string device, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runs of {Model} on {Device} are not recorded as CUDA graphs: {Remark}")]
    public static partial void NotRecorded(this ILogger logger, string model, string device, string remark);

    [LoggerMessage(Level = LogLevel.Error, Message = "Device {Device} is lost; it takes no work until it is rebuilt")]
    public static partial void DeviceLost(this ILogger logger, string device, Exception reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Device {Device} is rebuilt")]
    public static partial void DeviceRebuilt(this ILogger logger, string device);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Device {Device} could not be rebuilt yet")]
    public static partial void RebuildFailed(this ILogger logger, string device, Exception error);
}
