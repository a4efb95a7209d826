using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Benchmarks.Serving;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Devices;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Benchmarks.Labels;

/// <summary>What a large vocabulary adds to an image that has to be encoded, once its labels are embedded.</summary>
/// <param name="model">What the row calls the model.</param>
/// <param name="calls">Calls of either kind in a pair.</param>
/// <param name="directory">Makes the folder of the model's folder; null for the starter models.</param>
internal sealed class VocabularyCost(string model, int calls, Func<ClipDirectory>? directory = null) : IBenchmark
{
    private const int Labels = 1000;
    private const string SetName = "thousand";

    public string Name => $"classify a cold image by a set of 1,000 labels x 80 templates / image encode alone, {model}, processor time";

    public string Bar => "<= 1.05x";

    public async Task<Figure> RunAsync()
    {
        using var models = directory?.Invoke();
        await using var server = await VisionTestServer.StartAsync(null, models is null ? [] : [$"Vision:Models:Directories:0={models.Path}"]);
        var session = await BenchServer.UploadAsync(server);
        var id = (await session.DescribeAsync(default)).Id;
        var key = new ImageKey(TenantId.Default, id);
        var seconds = await EmbedAsync(server, session);
        var request = new ClassifyRequest { LabelSet = SetName };
        var device = server.Services.GetRequiredService<DeviceHosts>().All.First();
        var ratios = new List<double>();
        for (var pair = -2; pair < 12; pair++)
        {
            var (labelled, alone) = (0d, 0d);
            for (var i = 0; i < calls; i++)
            {
                device.Embeddings.Forget(key);
                labelled += await WorkAsync(() => session.ClassifyAsync(request, CallOptions.Default, default));
                device.Embeddings.Forget(key);
                alone += await WorkAsync(() => session.EmbedAsync(null, CallOptions.Default, default));
            }

            if (pair >= 0)
            {
                ratios.Add(labelled / alone);
            }
        }

        return Figure.Of(ratios, "x", median => median <= 1.05, string.Create(
            CultureInfo.InvariantCulture, $"embedding the 80,000 sentences took {seconds:0} s, once"));
    }

    /// <summary>The first call embeds the set. It may take longer than a grain call may; what it began goes on.</summary>
    private static async Task<double> EmbedAsync(VisionTestServer server, IImageSessionGrain session)
    {
        var labels = new LabelSet
        {
            Labels = [.. Enumerable.Range(0, Labels).Select(i => string.Create(CultureInfo.InvariantCulture, $"thing number {i}"))],
            Templates = PromptTemplates.Named("imagenet80"),
        };
        await server.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<ILabelSetGrain>(LabelSetKey.FromCaller(TenantId.Default, SetName).ToString()).PutAsync(labels, default);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await session.ClassifyAsync(new ClassifyRequest { LabelSet = SetName }, CallOptions.Default, default);
                return Stopwatch.GetElapsedTime(started).TotalSeconds;
            }
            catch (Exception error) when (error is TimeoutException or OperationCanceledException)
            {
                await Console.Error.WriteLineAsync("still embedding");
            }
        }
    }

    /// <summary>Milliseconds of processor time, which a busy neighbour leaves as it is.</summary>
    private static async Task<double> WorkAsync(Func<Task> call)
    {
        var before = Environment.CpuUsage.TotalTime;
        await call();
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }
}
