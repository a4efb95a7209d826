using VisionCluster.Inference.Imaging;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>Synthetic pictures.</summary>
internal static class TestPictures
{
    public static byte[] Jpeg(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(7).NextBytes(pixels);
        return JpegWriter.Write(new RgbImage(width, height, pixels), 90);
    }
}
