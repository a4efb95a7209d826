using System.Diagnostics;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Benchmarks.Masks;

/// <summary>Logits to COCO's string for a 12-megapixel picture, on one thread.</summary>
internal sealed class MaskPostprocessing : IBenchmark
{
    private const int Masks = 40;

    public string Name => "mask post-processing of a 12 MP picture, one core";

    public string Bar => "<= 15 ms a mask";

    public Task<Figure> RunAsync()
    {
        var upscaler = new MaskUpscaler();
        var samples = new List<double>();
        var allocated = 0L;
        for (var i = -10; i < Masks; i++)
        {
            var logits = LogitScene.Create(i + 10);
            var (started, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            upscaler.Upscale(
                logits, LogitScene.Side, LogitScene.Side, LogitScene.ModelSize, LogitScene.Geometry, 0).ToRle();
            if (i >= 0)
            {
                samples.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }

        return Task.FromResult(Figure.Of(
            samples, "ms", median => median <= 15, $"{allocated / Masks / 1024} KiB allocated a mask"));
    }
}
