using System.Buffers;

namespace VisionCluster.Inference.Masks;

/// <summary>
/// One axis of SAM's two-step upscale, put together: output pixel -> two pixels of the model's square -> two samples
/// of the low-resolution mask each. Both steps are torch's bilinear interpolation with align_corners false.
/// </summary>
internal readonly ref struct BilinearAxis
{
    private readonly int[] _taps;
    private readonly float[] _weights;

    /// <summary>Output pixels 0 to <paramref name="outputSize"/> - 1.</summary>
    /// <param name="lowSize">Samples of the low-resolution mask.</param>
    /// <param name="modelSize">Side of the model's square.</param>
    /// <param name="usedSize">How much of the square the picture covers.</param>
    /// <param name="outputSize">The picture's size.</param>
    public BilinearAxis(int lowSize, int modelSize, int usedSize, int outputSize)
    {
        OutputSize = outputSize;
        _taps = ArrayPool<int>.Shared.Rent(4 * outputSize);
        _weights = ArrayPool<float>.Shared.Rent(4 * outputSize);
        for (int i = 0; i < outputSize; i++)
        {
            (int s0, int s1, float outer) = Source(i, usedSize, outputSize);
            (int a0, int a1, float first) = Source(s0, lowSize, modelSize);
            (int b0, int b1, float second) = Source(s1, lowSize, modelSize);
            (_taps[4 * i], _taps[(4 * i) + 1], _taps[(4 * i) + 2], _taps[(4 * i) + 3]) = (a0, a1, b0, b1);
            _weights[4 * i] = (1 - outer) * (1 - first);
            _weights[(4 * i) + 1] = (1 - outer) * first;
            _weights[(4 * i) + 2] = outer * (1 - second);
            _weights[(4 * i) + 3] = outer * second;
        }
    }

    /// <summary>Output pixels.</summary>
    public int OutputSize { get; }

    /// <summary>The four low-resolution samples of an output pixel; the first is the lowest, the last the highest.</summary>
    public ReadOnlySpan<int> Taps(int i) => _taps.AsSpan(4 * i, 4);

    /// <summary>Their weights, which sum to 1.</summary>
    public ReadOnlySpan<float> Weights(int i) => _weights.AsSpan(4 * i, 4);

    /// <summary>The value of an output pixel from low-resolution samples along this axis.</summary>
    public float Value(int i, ReadOnlySpan<float> samples)
    {
        ReadOnlySpan<int> taps = Taps(i);
        ReadOnlySpan<float> weights = Weights(i);
        return (weights[0] * samples[taps[0]]) + (weights[1] * samples[taps[1]])
            + (weights[2] * samples[taps[2]]) + (weights[3] * samples[taps[3]]);
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_taps);
        ArrayPool<float>.Shared.Return(_weights);
    }

    private static (int First, int Second, float SecondWeight) Source(int output, int inputSize, int outputSize)
    {
        float scale = (float)inputSize / outputSize;
        float position = Math.Max(0, (scale * (output + 0.5f)) - 0.5f);
        int first = Math.Min((int)position, inputSize - 1);
        return (first, Math.Min(first + 1, inputSize - 1), Math.Min(position - first, 1));
    }
}
