using System.Diagnostics;
using System.Globalization;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>
/// What a CUDA device does with this engine: <c>bench gpu [--cpu] [FOLDER]</c>, where the folder holds the starter models and
/// <c>--cpu</c> tries the program itself on a processor. A check that fails is told and the next one runs.
/// </summary>
internal static class GpuReport
{
    public const string Verb = "gpu";

    public static async Task<int> RunAsync(string[] args)
    {
        var options = new OnnxOptions();
        var found = DeviceDiscovery.Find(options);
        await Console.Out.WriteLineAsync($"devices: {string.Join(", ", found.Select(device => device.Name))}");
        var device = args.Contains("--cpu") ? new OnnxDevice(AcceleratorKind.Cpu, 0) : found[0];
        if (device.Kind == AcceleratorKind.Cpu && !args.Contains("--cpu"))
        {
            Explain(options);
            return 2;
        }

        var models = args.FirstOrDefault(arg => !arg.StartsWith('-')) ?? Path.Combine(AppContext.BaseDirectory, "models");
        IGpuCheck[] checks =
        [
            new StarterSelfTests(models), new ClickOnDevice("starter-sam", () => SamDecoders.Starter(models)),
            new ClickOnDevice("starter-sam, replayed", () => SamDecoders.Starter(models), records: true),
            new ClickOnDevice("maps of SAM's size (256 x 64 x 64)", SamDecoders.FullSize),
            new SharedRuns(), new EncoderThroughput(), new EncoderThroughput(instances: 2), new EncoderThroughput(records: true), new RecordedRuns(models), new OutOfMemory(),
        ];
        await Console.Out.WriteLineAsync("| figure | median | p10..p90 | remark |\n|---|---|---|---|");
        var failed = 0;
        foreach (var check in checks)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                await check.RunAsync(device, options, Write);
            }
            catch (Exception error)
            {
                failed++;
                await Console.Out.WriteLineAsync($"{check.GetType().Name} failed: {error}");
            }

            await Console.Error.WriteLineAsync($"{check.GetType().Name}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        }

        return failed;
    }

    /// <summary>The provider's own words, which discovery keeps to itself.</summary>
    private static void Explain(OnnxOptions options)
    {
        try
        {
            using var session = new OnnxDevice(AcceleratorKind.Cuda, 0).CreateSessionOptions(options);
        }
        catch (Microsoft.ML.OnnxRuntime.OnnxRuntimeException error)
        {
            Console.WriteLine(error.Message);
        }
    }

    private static void Write(string name, Figure figure) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {figure.Median:0.###} {figure.Unit} | {figure.Low:0.###}..{figure.High:0.###} | {figure.Remark} |"));
}
