using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

/// <summary>The published models' preprocessing.</summary>
internal static class Models
{
    public static ImagePreprocessing Clip { get; } = new()
    {
        Size = 224,
        Resize = ResizeMode.ShortestSideCrop,
        Interpolation = Interpolation.Bicubic,
        Mean = [0.48145466f, 0.4578275f, 0.40821073f],
        Std = [0.26862954f, 0.26130258f, 0.27577711f],
        Range = 1,
    };

    public static ImagePreprocessing Sam { get; } = new()
    {
        Size = 1024,
        Mean = [123.675f, 116.28f, 103.53f],
        Std = [58.395f, 57.12f, 57.375f],
    };
}
