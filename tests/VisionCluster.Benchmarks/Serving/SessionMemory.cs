using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Devices;
using VisionCluster.TestKit.Onnx;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>What a warm session keeps in managed memory beside its image, its embedding and its masks.</summary>
internal sealed class SessionMemory : IBenchmark
{
    private const int Sessions = 500;
    private const int Windows = 6;

    private static readonly SegmentRequest Click = new() { Prompts = [new SegmentPrompt { Points = [new PromptPoint(150, 200)] }] };

    public string Name => "managed bytes of a warm session beside its image, embedding and masks";

    public string Bar => "<= 32 KiB";

    public async Task<Figure> RunAsync()
    {
        // Masks and pixels have budgets of their own: they are made as small as can be, and full before the first window. An
        // embedding of a few hundred bytes leaves nothing else to be seen.
        using var model = new TinySam();
        await using var server = await VisionTestServer.StartAsync(
            null, [$"Vision:Devices:MaskBudgetBytes={1 << 20}", "Vision:Devices:DecodedBudgetBytes=0", .. model.Settings]);
        var grains = server.Services.GetRequiredService<IGrainFactory>();
        var device = server.Services.GetRequiredService<DeviceHosts>().All.Single();
        var bytes = Sample.Load("held-twemoji-1").Bytes;
        var samples = new List<double>();
        for (var window = -2; window < Windows; window++)
        {
            var (before, embeddings) = (GC.GetTotalMemory(forceFullCollection: true), device.Embeddings.Bytes);
            for (var i = 0; i < Sessions; i++)
            {
                var key = ImageKey.FromDigest(new TenantId($"tenant{window + 2}-{i}"), SHA256.HashData(bytes));
                var session = grains.GetGrain<IImageSessionGrain>(key.ToString());
                await session.UploadAsync(new ImageContent(bytes), default);
                await session.SegmentAsync(Click, CallOptions.Interactive, default);
            }

            var grown = GC.GetTotalMemory(forceFullCollection: true) - before - (device.Embeddings.Bytes - embeddings);
            if (window >= 0)
            {
                samples.Add(grown / 1024d / Sessions);
            }
        }

        return Figure.Of(samples, "KiB", median => median <= 32, "the image's bytes are shared here by all");
    }
}
