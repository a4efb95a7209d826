using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Benchmarks.Gpu;

/// <summary>Runs of recorded and of plain graphs and copies, while other graphs are opened, recorded and closed: every answer is compared.</summary>
internal sealed class RecordingUnderLoad(string models)
{
    private const int Loads = 10;
    private const int Seeds = 8;

    public async Task RunAsync(OnnxDevice device, OnnxOptions options, Action<string, Figure> write)
    {
        using var stop = new CancellationTokenSource();
        using var memory = new DeviceTensors(device, options);
        var workers = new[] { ("starter-clip", "imageEncoder"), ("starter-clip", "textEncoder"), ("starter-sam", "imageEncoder"), ("starter-sam", "maskDecoder") }
            .Select(graph => Task.Run(() => Serve(graph.Item1, graph.Item2, device, options, stop.Token)))
            .Append(Task.Run(() => Copy(memory, stop.Token))).ToArray();
        var (folder, recorded) = (ManifestReader.Read(Path.Combine(models, "starter-regionclip")), 0);
        for (var load = 0; load < Loads; load++)
        {
            foreach (var role in new[] { "detector", "regionEncoder" })
            {
                using var graph = new OnnxGraph(folder.PathOf(role), device, options);
                using var run = RunInputs.Recorded(folder, role).Bind(graph);
                run.Run(TimeSpan.FromSeconds(20), TimeProvider.System);
                recorded += graph.Recorder?.Recordings ?? 0;
            }
        }

        await stop.CancelAsync();
        var (answers, wrong) = (await Task.WhenAll(workers)).Aggregate((0, 0), static (sum, worker) => (sum.Item1 + worker.Answers, sum.Item2 + worker.Wrong));
        write(
            "answers wrong or failed while graphs were opened, recorded and closed",
            new Figure(wrong, wrong, wrong, "", wrong == 0, $"of {answers}; {recorded} of {2 * Loads} recorded"));
    }

    private (int Answers, int Wrong) Serve(string model, string role, OnnxDevice device, OnnxOptions options, CancellationToken stop)
    {
        var folder = ManifestReader.Read(Path.Combine(models, model));
        var inputs = RunInputs.Recorded(folder, role);
        using var graph = new OnnxGraph(folder.PathOf(role), device, options);
        using var run = inputs.Bind(graph);
        float[][][] expected = [.. Enumerable.Range(0, Seeds).Select(Run)];
        var (answers, wrong) = (0, 0);
        for (; !stop.IsCancellationRequested; answers++)
        {
            try
            {
                wrong += RunInputs.Difference(expected[answers % Seeds], Run(answers % Seeds)) < 1e-3 ? 0 : 1;
            }
            catch (Exception error)
            {
                wrong++;
                Console.WriteLine($"{model} {role}: {error.Message}");
            }
        }

        return (answers, wrong);

        float[][] Run(int seed)
        {
            inputs.Fill(run, seed);
            run.Run(TimeSpan.FromSeconds(20), TimeProvider.System);
            return inputs.Read(run);
        }
    }

    private static (int Answers, int Wrong) Copy(DeviceTensors memory, CancellationToken stop)
    {
        var (answers, wrong, numbers) = (0, 0, new float[1 << 16]);
        for (; !stop.IsCancellationRequested; answers++)
        {
            try
            {
                using var tensor = memory.Upload([.. Enumerable.Repeat((float)answers, numbers.Length)], [1, numbers.Length]);
                memory.Download(tensor, numbers);
                wrong += numbers.All(number => number == answers) ? 0 : 1;
            }
            catch (Exception error)
            {
                wrong++;
                Console.WriteLine($"copy: {error.Message}");
            }
        }

        return (answers, wrong);
    }
}
