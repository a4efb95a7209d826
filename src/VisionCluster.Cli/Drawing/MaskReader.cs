using NetVips;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Cli.Drawing;

/// <summary>Masks from the forms in which they arrive.</summary>
internal static class MaskReader
{
    /// <summary>A mask of an answer that came as COCO RLE.</summary>
    public static MaskBitmap FromAnswer(SegmentedMask mask) =>
        Decode(mask.Rle ?? throw new InvalidOperationException("The answer has no run-length encoding."));

    /// <summary>A mask from COCO's run-length encoding.</summary>
    public static MaskBitmap Decode(EncodedMask rle) => new(
        rle.Size[1], rle.Size[0], CocoRleCodec.Decode(new CocoRle(rle.Size[0], rle.Size[1], rle.Counts)));

    /// <summary>A mask from a grey PNG.</summary>
    public static MaskBitmap FromPng(byte[] png)
    {
        using var image = Image.NewFromBuffer(png);
        using var grey = image.ExtractBand(0);
        return new MaskBitmap(grey.Width, grey.Height, grey.WriteToMemory<byte>());
    }
}
