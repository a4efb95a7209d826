using VisionCluster.Inference.Imaging;

namespace VisionCluster.Benchmarks.Masks;

/// <summary>Logits as a decoder gives them for a 12-megapixel picture: an object with a ragged edge, and some specks.</summary>
internal static class LogitScene
{
    public const int Side = 256;
    public const int ModelSize = 1024;

    public static ResizeGeometry Geometry { get; } = new(4000, 3000, 1024, 768, 0, 0);

    public static float[] Create(int seed)
    {
        var random = new Random(seed);
        var logits = new float[Side * Side];
        var (centreX, centreY, radius) = (60 + random.Next(130), 50 + random.Next(90), 25 + random.Next(40));
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var distance = Math.Sqrt(Math.Pow(x - centreX, 2) + Math.Pow(y - centreY, 2));
                var ragged = (3 * Math.Sin(x / 3d)) + (3 * Math.Cos(y / 2d));
                var speck = random.NextDouble() < 0.002 ? 12 : 0;
                logits[(y * Side) + x] = (float)Math.Clamp((radius - distance + ragged) / 3, -15, 15) + speck;
            }
        }

        return logits;
    }
}
