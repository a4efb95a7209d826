using System.Diagnostics;
using System.Globalization;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>
/// Graphs whose runs are replayed as CUDA graphs against the same without: answers on random numbers, and time, inputs and outputs in
/// the host's memory.
/// </summary>
internal sealed class RecordedRuns(string models) : IGpuCheck
{
    private const int Windows = 12;
    private const int RunsAWindow = 20;

    public async Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write)
    {
        var recording = new OnnxOptions { CudaGraphs = true };
        foreach (var folder in Directory.GetDirectories(models).Order().Select(ManifestReader.Read))
        {
            foreach (var (role, _) in folder.Manifest.Files.Where(file => file.Value.Path.EndsWith(".onnx", StringComparison.Ordinal)))
            {
                Compare($"{folder.Manifest.Name} {role}", folder.PathOf(role), RunInputs.Recorded(folder, role), device, (options, recording), write);
            }
        }

        var path = Path.Combine(Path.GetTempPath(), $"vit-recorded-{Environment.ProcessId}.onnx");
        VisionTransformer.Save(path, 512);
        try
        {
            foreach (var batch in new[] { 1, 8, 64 })
            {
                var inputs = RunInputs.Pictures(batch, VisionTransformer.Side);
                Compare(string.Create(CultureInfo.InvariantCulture, $"ViT-B/32, batch {batch}"), path, inputs, device, (options, recording), write);
            }
        }
        finally
        {
            File.Delete(path);
        }

        await new RecordingUnderLoad(models).RunAsync(device, recording, write);
    }

    private static void Compare(
        string name, string path, RunInputs inputs, OnnxDevice device, (OnnxOptions Plain, OnnxOptions Recording) options, Action<string, Figure> write)
    {
        using var plain = new OnnxGraph(path, device, options.Plain);
        using var recorded = new OnnxGraph(path, device, options.Recording);
        if (recorded.Recorder is null)
        {
            Console.WriteLine($"{name} is not recorded: {recorded.RecordingRemark}");
            return;
        }

        using var one = inputs.Bind(plain);
        using var other = inputs.Bind(recorded);
        var worst = Enumerable.Range(0, 20).Max(seed => inputs.Difference(one, other, seed));
        var (before, after, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var window = -2; window < Windows; window++)
        {
            var (bare, replayed) = (Milliseconds(one), Milliseconds(other));
            if (window >= 0)
            {
                before.Add(bare);
                after.Add(replayed);
                ratios.Add(bare / replayed);
            }
        }

        write($"{name}: step by step", Figure.Of(before, "ms", static _ => true));
        write(
            $"{name}: replayed",
            Figure.Of(after, "ms", static _ => true, string.Create(
                CultureInfo.InvariantCulture, $"{Figure.At([.. ratios.Order()], 0.5):0.00}x as fast; differs by {worst:g2} on 20 random inputs; {recorded.Recorder.Recordings} recorded {recorded.RecordingRemark}")));
    }

    private static double Milliseconds(BoundRun run)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < RunsAWindow; i++)
        {
            run.Run(TimeSpan.FromSeconds(20), TimeProvider.System);
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds / RunsAWindow;
    }
}
