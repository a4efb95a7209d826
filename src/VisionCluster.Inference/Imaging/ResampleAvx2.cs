using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// The two passes with AVX2. Highs and lows of the weights are summed apart with 16-bit multiply-adds and joined at
/// the end; sums wrap modulo 2^32, and the joined sum fits 32 bits, so the result is that of 32-bit arithmetic.
/// </summary>
internal static class ResampleAvx2
{
    private const int Half = 1 << (ResampleKernel.Precision - 1);

    // Four pixels: lane 0 gets r0 r1 g0 g1 b0 b1, lane 1 the next two, each widened to 16 bits.
    private static readonly Vector256<byte> _pairPixels = Vector256.Create(
        0, 0x80, 3, 0x80, 1, 0x80, 4, 0x80, 2, 0x80, 5, 0x80, 0x80, 0x80, 0x80, 0x80,
        6, 0x80, 9, 0x80, 7, 0x80, 10, 0x80, 8, 0x80, 11, 0x80, 0x80, 0x80, 0x80, (byte)0x80);

    private static readonly Vector256<byte> _highs = Pairs(0, 4);
    private static readonly Vector256<byte> _lows = Pairs(8, 12);

    /// <summary>One row of interleaved RGB into one of the kernel's width; reads up to 28 bytes too far.</summary>
    public static void Shrink(ReadOnlySpan<byte> source, in ResampleKernel columns, Span<byte> target)
    {
        ref byte output = ref MemoryMarshal.GetReference(target);
        for (int x = 0; x < columns.Count; x++)
        {
            int groups = (columns.Taps(x) + 3) >> 2;
            int start = 3 * columns.Start(x);
            ref byte pixels = ref MemoryMarshal.GetReference(source.Slice(start, (12 * groups) + 4));
            ref short weights = ref MemoryMarshal.GetReference(columns.Weights(x));
            Vector256<int> high = Vector256<int>.Zero;
            Vector256<int> low = Vector256<int>.Zero;
            for (int g = 0; g < groups; g++)
            {
                Vector128<byte> four = Vector128.LoadUnsafe(ref pixels, (nuint)(12 * g));
                Vector256<short> pair = Avx2.Shuffle(Vector256.Create(four, four), _pairPixels).AsInt16();
                Vector128<byte> eight = Vector128.LoadUnsafe(ref weights, (nuint)(8 * g)).AsByte();
                Vector256<byte> both = Vector256.Create(eight, eight);
                high += Avx2.MultiplyAddAdjacent(pair, Avx2.Shuffle(both, _highs).AsInt16());
                low += Avx2.MultiplyAddAdjacent(pair, Avx2.Shuffle(both, _lows).AsInt16());
            }

            Vector256<int> joined = (high << ResampleKernel.LowBits) + low;
            Vector128<int> sum = joined.GetLower() + joined.GetUpper() + Vector128.Create(Half);
            Vector128<short> words = Sse2.PackSignedSaturate(sum >> ResampleKernel.Precision, Vector128<int>.Zero);
            uint rgb = Sse2.PackUnsignedSaturate(words, words).AsUInt32().ToScalar();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 3 * x), rgb);
        }
    }

    /// <summary>One output row from the rows of a ring, in steps of 16 bytes.</summary>
    public static void Blend(
        ReadOnlySpan<byte> ring, int stride, int ringRows, in ResampleKernel rows, int y, Span<byte> target, int bytes)
    {
        int taps = rows.Taps(y);
        ref short weights = ref MemoryMarshal.GetReference(rows.Weights(y));
        ref byte first = ref MemoryMarshal.GetReference(ring);
        ref byte output = ref MemoryMarshal.GetReference(target);
        int firstRow = rows.Start(y) % ringRows;
        for (int x = 0; x < bytes; x += 16)
        {
            (Vector256<int> high0, Vector256<int> high1) = (Vector256<int>.Zero, Vector256<int>.Zero);
            (Vector256<int> low0, Vector256<int> low1) = (Vector256<int>.Zero, Vector256<int>.Zero);
            int row = firstRow;
            for (int t = 0; t < taps; t += 2)
            {
                // With an odd number of rows the last has no partner; its weight is zero.
                int partner = t + 1 == taps ? row : row + 1 == ringRows ? 0 : row + 1;
                Vector128<byte> a = Vector128.LoadUnsafe(ref first, (nuint)((row * stride) + x));
                Vector128<byte> b = Vector128.LoadUnsafe(ref first, (nuint)((partner * stride) + x));
                Vector256<short> left = Avx2.ConvertToVector256Int16(Sse2.UnpackLow(a, b));
                Vector256<short> right = Avx2.ConvertToVector256Int16(Sse2.UnpackHigh(a, b));
                ref short pair = ref Unsafe.Add(ref weights, (8 * (t >> 2)) + (t & 2));
                Vector256<short> high = Vector256.Create(Unsafe.As<short, int>(ref pair)).AsInt16();
                Vector256<short> low = Vector256.Create(Unsafe.As<short, int>(ref Unsafe.Add(ref pair, 4))).AsInt16();
                high0 += Avx2.MultiplyAddAdjacent(left, high);
                high1 += Avx2.MultiplyAddAdjacent(right, high);
                low0 += Avx2.MultiplyAddAdjacent(left, low);
                low1 += Avx2.MultiplyAddAdjacent(right, low);
                row = partner + 1 == ringRows ? 0 : partner + 1;
            }

            Vector256<int> half = Vector256.Create(Half);
            Vector256<int> sum0 = ((high0 << ResampleKernel.LowBits) + low0 + half) >> ResampleKernel.Precision;
            Vector256<int> sum1 = ((high1 << ResampleKernel.LowBits) + low1 + half) >> ResampleKernel.Precision;
            Vector256<long> words = Avx2.Permute4x64(Avx2.PackSignedSaturate(sum0, sum1).AsInt64(), 0b11_01_10_00);
            Vector256<short> ordered = words.AsInt16();
            Sse2.PackUnsignedSaturate(ordered.GetLower(), ordered.GetUpper()).StoreUnsafe(ref output, (nuint)x);
        }
    }

    private static Vector256<byte> Pairs(byte lane0, byte lane1)
    {
        Vector128<byte> offsets = Vector128.Create(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, (byte)3);
        return Vector256.Create(offsets + Vector128.Create(lane0), offsets + Vector128.Create(lane1));
    }
}
