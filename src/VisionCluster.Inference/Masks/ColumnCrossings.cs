using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VisionCluster.Inference.Masks;

/// <summary>
/// Thresholds an upscaled column. An output pixel whose samples all lie on one side of the threshold lies there too,
/// so values are computed only for pixels that have samples on both sides of a crossing.
/// </summary>
internal readonly ref struct ColumnCrossings
{
    private readonly BilinearAxis _axis;
    private readonly int _samples;
    private readonly int[] _mixed;

    /// <summary>For columns of <paramref name="samples"/> low-resolution samples.</summary>
    public ColumnCrossings(BilinearAxis axis, int samples)
    {
        _axis = axis;
        _samples = samples;
        _mixed = ArrayPool<int>.Shared.Rent(2 * samples);
        // Per sample j: the first output pixel that reaches sample j + 1, and one past the last that still has j.
        int first = 0;
        int end = 0;
        for (int j = 0; j < samples; j++)
        {
            while (first < axis.OutputSize && axis.Taps(first)[3] <= j)
            {
                first++;
            }

            while (end < axis.OutputSize && axis.Taps(end)[0] <= j)
            {
                end++;
            }

            (_mixed[2 * j], _mixed[(2 * j) + 1]) = (first, end);
        }
    }

    /// <summary>Appends the column's pixels.</summary>
    public void Write(ReadOnlySpan<float> column, float threshold, ref RunWriter runs)
    {
        int y = 0;
        bool inside = column[0] > threshold;
        uint carry = inside ? 1u : 0;
        for (int j0 = 0; j0 < _samples; j0 += 32)
        {
            int count = Math.Min(32, _samples - j0);
            uint bits = Above(column.Slice(j0, count), threshold);
            // Bit i is set where sample j0 + i differs from the one before.
            uint changes = bits ^ ((bits << 1) | carry);
            changes &= count == 32 ? uint.MaxValue : (1u << count) - 1;
            carry = (bits >> (count - 1)) & 1;
            for (; changes != 0; changes &= changes - 1)
            {
                int before = j0 + BitOperations.TrailingZeroCount(changes) - 1;
                int first = _mixed[2 * before];
                if (first > y)
                {
                    runs.Add(inside, first - y);
                    y = first;
                }

                for (int end = _mixed[(2 * before) + 1]; y < end; y++)
                {
                    runs.Add(_axis.Value(y, column) > threshold, 1);
                }

                inside = !inside;
            }
        }

        runs.Add(inside, _axis.OutputSize - y);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => ArrayPool<int>.Shared.Return(_mixed);

    private static uint Above(ReadOnlySpan<float> samples, float threshold)
    {
        uint bits = 0;
        int i = 0;
        ref float first = ref MemoryMarshal.GetReference(samples);
        Vector256<float> limit = Vector256.Create(threshold);
        for (; i + 8 <= samples.Length; i += 8)
        {
            Vector256<float> eight = Vector256.LoadUnsafe(ref first, (nuint)i);
            bits |= Vector256.GreaterThan(eight, limit).ExtractMostSignificantBits() << i;
        }

        for (; i < samples.Length; i++)
        {
            bits |= samples[i] > threshold ? 1u << i : 0;
        }

        return bits;
    }
}
