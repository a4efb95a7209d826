using System.Diagnostics;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Benchmarks.Masks;

/// <summary>The same work both ways, in turns: fused on columns, and straightforward on pictures of floats.</summary>
internal sealed class MaskPostprocessingRatio : IBenchmark
{
    private const int Pairs = 15;

    public string Name => "mask post-processing of a 12 MP picture, fused over straightforward";

    public string Bar => ">= 5x";

    public Task<Figure> RunAsync()
    {
        var upscaler = new MaskUpscaler();
        var geometry = LogitScene.Geometry;
        var ratios = new List<double>();
        var (equal, plainTime) = (true, 0d);
        for (var i = -2; i < Pairs; i++)
        {
            var logits = LogitScene.Create(i + 2);
            var started = Stopwatch.GetTimestamp();
            var fused = upscaler.Upscale(logits, LogitScene.Side, LogitScene.Side, LogitScene.ModelSize, geometry, 0).ToRle();
            var between = Stopwatch.GetTimestamp();
            var pixels = PlainMasks.Draw(logits, LogitScene.Side, LogitScene.ModelSize, geometry, 0);
            var plain = CocoRleCodec.Encode(pixels, geometry.SourceHeight, geometry.SourceWidth);
            var ended = Stopwatch.GetTimestamp();
            // Pixels whose logit is 0 but for rounding may differ.
            equal &= Math.Abs(CocoRleCodec.Area(fused) - CocoRleCodec.Area(plain)) <= 12;
            if (i >= 0)
            {
                ratios.Add((ended - between) / (double)(between - started));
                plainTime += Stopwatch.GetElapsedTime(between, ended).TotalMilliseconds / Pairs;
            }
        }

        return Task.FromResult(Figure.Of(
            ratios, "x", median => median >= 5 && equal, $"straightforward {plainTime:0} ms a mask, same masks: {(equal ? "yes" : "no")}"));
    }
}
