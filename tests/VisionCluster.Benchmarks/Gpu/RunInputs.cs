using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>Inputs of a graph's runs: their shapes, and numbers like those that were recorded with its model.</summary>
internal sealed class RunInputs
{
    private readonly (string Name, NpzArray Array)[] _inputs;
    private readonly string[] _outputs;

    private RunInputs((string Name, NpzArray Array)[] inputs, string[] outputs) => (_inputs, _outputs) = (inputs, outputs);

    /// <summary>Those of a model's self-test.</summary>
    public static RunInputs Recorded(ModelFolder folder, string role)
    {
        var arrays = NpzFile.Read(Path.Combine(folder.Directory, folder.Manifest.SelfTest!.Inputs));
        return new(
            [.. arrays.Where(array => Is(array.Key, "in")).Select(array => (Name(array.Key), array.Value))],
            [.. arrays.Keys.Where(key => Is(key, "out")).Select(Name)]);

        bool Is(string key, string way) => key.StartsWith($"{role}.{way}.", StringComparison.Ordinal);
        static string Name(string key) => key.Split('.', 3)[2];
    }

    /// <summary>Pictures of random pixels.</summary>
    public static RunInputs Pictures(int batch, int side)
    {
        var random = new Random(1);
        float[] pixels = [.. Enumerable.Range(0, batch * 3 * side * side).Select(_ => random.NextSingle())];
        return new([("pixel_values", new NpzArray([batch, 3, side, side], pixels, null))], ["image_embeds"]);
    }

    public BoundRun Bind(OnnxGraph graph)
    {
        var run = new BoundRun(graph, _outputs);
        foreach (var (name, array) in _inputs)
        {
            if (array.Floats is { } floats)
            {
                floats.CopyTo(run.AddInput<float>(name, [.. array.Shape]).Data);
            }
            else
            {
                array.Integers!.CopyTo(run.AddInput<long>(name, [.. array.Shape]).Data);
            }
        }

        return run;
    }

    /// <summary>The recorded numbers, each a little changed; integers as they are.</summary>
    public void Fill(BoundRun run, int seed)
    {
        var random = new Random(seed);
        foreach (var (name, array) in _inputs)
        {
            if (array.Floats is { } floats)
            {
                var data = run.Input<float>(name).Data;
                for (var i = 0; i < floats.Length; i++)
                {
                    data[i] = floats[i] * (0.75f + (random.NextSingle() / 2));
                }
            }
        }
    }

    /// <summary>The outputs of the last run.</summary>
    public float[][] Read(BoundRun run) => [.. _outputs.Select(name => run.Output(name).Data.ToArray())];

    /// <summary>The largest difference of two runs on the same numbers, relative to the largest number.</summary>
    public double Difference(BoundRun one, BoundRun other, int seed)
    {
        Fill(one, seed);
        Fill(other, seed);
        one.Run(TimeSpan.FromSeconds(20), TimeProvider.System);
        other.Run(TimeSpan.FromSeconds(20), TimeProvider.System);
        return Difference(Read(one), Read(other));
    }

    public static double Difference(float[][] one, float[][] other) => one.Zip(other).Max(static pair =>
        pair.First.Zip(pair.Second).Max(static numbers => Math.Abs((double)numbers.First - numbers.Second))
            / Math.Max(1e-6, pair.First.Max(Math.Abs)));
}
