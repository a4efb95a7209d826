using System.Runtime.Intrinsics.X86;
using CsCheck;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

/// <summary>A processor without AVX2 gives the same pixels as one with it.</summary>
public sealed class ResampleTests
{
    private const int Slack = 64;

    private static readonly Gen<(int Source, int Resized, Interpolation Filter, int Seed)> _cases =
        from source in Gen.Int[1, 200]
        from resized in Gen.Int[1, 200]
        from filter in Gen.Enum<Interpolation>()
        from seed in Gen.Int
        select (source, resized, filter, seed);

    [Fact]
    public void Shrink_AnyRow_IsTheSameWithAndWithoutVectors()
    {
        if (!Avx2.IsSupported)
        {
            return;
        }

        _cases.Sample(t =>
        {
            using var kernel = new ResampleKernel(t.Source, t.Resized, 0, t.Resized, t.Filter);
            byte[] row = Noise((3 * t.Source) + Slack, t.Seed);
            byte[] scalar = new byte[(3 * t.Resized) + Slack];
            byte[] vector = new byte[(3 * t.Resized) + Slack];

            ResampleScalar.Shrink(row, kernel, scalar);
            ResampleAvx2.Shrink(row, kernel, vector);

            Assert.Equal(scalar[..(3 * t.Resized)], vector[..(3 * t.Resized)]);
        });
    }

    [Fact]
    public void Blend_AnyRows_IsTheSameWithAndWithoutVectors()
    {
        if (!Avx2.IsSupported)
        {
            return;
        }

        _cases.Sample(t =>
        {
            const int Bytes = 3 * 21;
            const int Stride = 64 + Slack;
            using var kernel = new ResampleKernel(t.Source, t.Resized, 0, t.Resized, t.Filter);
            byte[] ring = Noise(Stride * kernel.MaxTaps, t.Seed);
            byte[] scalar = new byte[Stride];
            byte[] vector = new byte[Stride];
            for (int y = 0; y < t.Resized; y++)
            {
                ResampleScalar.Blend(ring, Stride, kernel.MaxTaps, kernel, y, scalar, Bytes);
                ResampleAvx2.Blend(ring, Stride, kernel.MaxTaps, kernel, y, vector, Bytes);

                Assert.Equal(scalar[..Bytes], vector[..Bytes]);
            }
        });
    }

    private static byte[] Noise(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
