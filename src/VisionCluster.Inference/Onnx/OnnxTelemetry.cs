using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// ONNX Runtime's published builds report to Microsoft from 1.29 on, names of model files among it, unless
/// <c>ORT_DISABLE_TELEMETRY</c> is set before the library is loaded. A server that people run for themselves reports to nobody.
/// </summary>
internal static partial class OnnxTelemetry
{
    /// <summary>What ONNX Runtime reads; whoever sets it to something else has decided so.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It has to come before whatever in this assembly first calls ONNX Runtime.")]
    internal static void TurnOff()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            // .NET's own copy alone: on Unix native code does not see it.
            Environment.SetEnvironmentVariable(Variable, "1");
            if (!OperatingSystem.IsWindows())
            {
                _ = SetVariable(Variable, "1", overwrite: 0);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
