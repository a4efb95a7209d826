using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>Runs a model's graphs on recorded inputs and compares the outputs with the recorded ones.</summary>
internal static class GraphSelfTest
{
    /// <summary>The largest difference, relative to the largest recorded output; null where the folder has no test.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: it is above the tolerance.</exception>
    public static double? Run(ModelFolder folder, OnnxDevice device, OnnxOptions options, TimeProvider time)
    {
        double? worst = null;
        foreach (var role in folder.Manifest.Files.Keys.Where(role => folder.PathOf(role).EndsWith(".onnx", StringComparison.Ordinal)))
        {
            using var graph = new OnnxGraph(folder.PathOf(role), device, options);
            worst = Run(folder, role, graph, time) is { } difference ? Math.Max(worst ?? 0, difference) : worst;
        }

        return worst;
    }

    /// <summary>The same for one graph that is open already.</summary>
    public static double? Run(ModelFolder folder, string role, OnnxGraph graph, TimeProvider time)
    {
        if (folder.Manifest.SelfTest is not { } test)
        {
            return null;
        }

        var arrays = NpzFile.Read(Path.Combine(folder.Directory, test.Inputs));
        if (!arrays.Keys.Any(key => key.StartsWith($"{role}.", StringComparison.Ordinal)))
        {
            return null;
        }

        var worst = RunGraph(role, arrays, graph, time);
        return worst <= test.Tolerance
            ? worst
            : throw new VisionException(
                VisionErrorCode.ModelUnavailable,
                $"Model '{folder.Manifest.Name}' fails its self-test: outputs differ by {worst:g3}, allowed are {test.Tolerance:g3}.");
    }

    private static double RunGraph(
        string role, IReadOnlyDictionary<string, NpzArray> arrays, OnnxGraph graph, TimeProvider time)
    {
        var inputs = arrays.Where(pair => pair.Key.StartsWith($"{role}.in.", StringComparison.Ordinal)).ToArray();
        var outputs = arrays.Where(pair => pair.Key.StartsWith($"{role}.out.", StringComparison.Ordinal)).ToArray();
        using var run = new BoundRun(graph, [.. outputs.Select(output => NameOf(output.Key))]);
        foreach (var (key, array) in inputs)
        {
            if (array.Floats is { } floats)
            {
                floats.CopyTo(run.AddInput<float>(NameOf(key), [.. array.Shape]).Data);
            }
            else
            {
                array.Integers!.CopyTo(run.AddInput<long>(NameOf(key), [.. array.Shape]).Data);
            }
        }

        run.Run(TimeSpan.FromMinutes(1), time);
        return outputs.Max(output => Difference(output.Value.Floats!, run.Output(NameOf(output.Key)).Data));
    }

    private static string NameOf(string key) => key[(key.IndexOf('.', key.IndexOf('.', StringComparison.Ordinal) + 1) + 1)..];

    private static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            return double.PositiveInfinity;
        }

        var largest = 1e-6;
        var worst = 0d;
        for (var i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            var difference = Math.Abs((double)expected[i] - actual[i]);
            worst = double.IsFinite(difference) ? Math.Max(worst, difference) : double.PositiveInfinity;
        }

        return worst / largest;
    }
}
