using System.Runtime.InteropServices;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Models.Sam;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Low-resolution logits to what the caller asked for.</summary>
internal sealed class MaskDrawing(PipelineServices services)
{
    private readonly MaskUpscaler _upscaler = new();

    public SegmentedMask Draw(
        SamModel model, ImageReference image, ResizeGeometry geometry, SamDecoderOutput decoded, int index, MaskOutput output)
    {
        var logits = decoded.Logits(index);
        var mask = _upscaler.Upscale(
            logits, decoded.Height, decoded.Width, model.Manifest.Image.Size, geometry, output.Threshold);
        return new SegmentedMask
        {
            MaskId = services.Host.Masks.Add(image.Key, model.Identity, logits),
            Score = decoded.Scores[index],
            Area = mask.Area,
            Bbox = [mask.Box.X, mask.Box.Y, mask.Box.Width, mask.Box.Height],
            Rle = output.Format == MaskFormat.Rle ? Encode(mask) : null,
            Png = output.Format == MaskFormat.Png ? MaskPng.Write(mask).AsMemory() : default(ReadOnlyMemory<byte>?),
            Polygons = output.Format == MaskFormat.Polygon ? MaskOutlines.Trace(mask) : null,
            Logits = output.Logits
                ? new MaskLogits([decoded.Height, decoded.Width], MemoryMarshal.AsBytes(logits).ToArray())
                : null,
        };
    }

    private static EncodedMask Encode(MaskResult mask)
    {
        var rle = mask.ToRle();
        return new EncodedMask([rle.Height, rle.Width], rle.Counts);
    }
}
