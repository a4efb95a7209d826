using System.Runtime.InteropServices;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tests.Onnx;

/// <summary>What ONNX Runtime sees of this process' environment.</summary>
public sealed partial class OnnxTelemetryTests
{
    [Fact]
    public void Variable_OfAProcessThatUsesDevices_IsSetForNativeCode()
    {
        _ = DeviceDiscovery.Find(new OnnxOptions());
        Assert.Equal("1", Marshal.PtrToStringUTF8(Get(OnnxTelemetry.Variable)));
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Get(string name);
}
