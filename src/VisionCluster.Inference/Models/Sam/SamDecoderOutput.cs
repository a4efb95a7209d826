using System.Buffers;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>The decoder's candidates for one prompt; dispose it when the masks are drawn.</summary>
internal sealed class SamDecoderOutput : IDisposable
{
    private readonly float[] _logits;

    /// <param name="logits">Low-resolution logits, <c>[masks, height, width]</c>; copied.</param>
    /// <param name="scores">Predicted IoU of each mask; copied.</param>
    /// <param name="height">Rows of a mask.</param>
    /// <param name="width">Columns of a mask.</param>
    public SamDecoderOutput(ReadOnlySpan<float> logits, ReadOnlySpan<float> scores, int height, int width)
    {
        _logits = ArrayPool<float>.Shared.Rent(logits.Length);
        logits.CopyTo(_logits);
        Scores = scores.ToArray();
        Height = height;
        Width = width;
    }

    public float[] Scores { get; }

    public int Height { get; }

    public int Width { get; }

    public int Count => Scores.Length;

    public ReadOnlySpan<float> Logits(int mask) => _logits.AsSpan(mask * Height * Width, Height * Width);

    public void Dispose() => ArrayPool<float>.Shared.Return(_logits);
}
