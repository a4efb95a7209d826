using System.Diagnostics;
using System.Globalization;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>Every graph of the starter models on the device, against what was recorded of it.</summary>
internal sealed class StarterSelfTests(string models) : IGpuCheck
{
    public Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write)
    {
        foreach (var path in Directory.GetDirectories(models).Order())
        {
            var folder = ManifestReader.Read(path);
            var (started, difference, said) = (Stopwatch.GetTimestamp(), double.NaN, "");
            try
            {
                difference = new ModelVerifier(device, options, TimeProvider.System).Verify(folder) ?? double.NaN;
            }
            catch (VisionException error)
            {
                said = $"FAILED: {error.Message} ";
            }

            write(
                $"self-test of {folder.Manifest.Name}: largest difference",
                new Figure(
                    difference, difference, difference, "", said.Length == 0,
                    string.Create(CultureInfo.InvariantCulture, $"{said}{difference:g3}, allowed {folder.Manifest.SelfTest?.Tolerance:g3}; {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s")));
        }

        return Task.CompletedTask;
    }
}
