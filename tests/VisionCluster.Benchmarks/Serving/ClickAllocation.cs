using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>Managed bytes allocated by a click on a warm session, through the grain client.</summary>
internal sealed class ClickAllocation : IBenchmark
{
    private const int Clicks = 300;

    private static readonly SegmentRequest Click = new() { Prompts = [new SegmentPrompt { Points = [new PromptPoint(150, 200)] }] };

    public string Name => "managed bytes allocated per click, steady state (grain client)";

    public string Bar => "<= 64 KiB";

    public async Task<Figure> RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        var session = await BenchServer.UploadAsync(server);
        var samples = new List<double>();
        for (var window = -2; window < 12; window++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Clicks; i++)
            {
                await session.SegmentAsync(Click, CallOptions.Interactive, default);
            }

            if (window >= 0)
            {
                samples.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / 1024d / Clicks);
            }
        }

        return Figure.Of(samples, "KiB", median => median <= 64);
    }
}
