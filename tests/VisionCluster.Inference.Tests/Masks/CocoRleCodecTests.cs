using CsCheck;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class CocoRleCodecTests
{
    [Fact]
    public void Compress_PublishedExample_IsItsRuns()
    {
        CocoRle rle = CocoRleCodec.Encode([0, 0, 1, 1, 1, 0, 1], 7, 1);

        Assert.Equal([2u, 3, 1, 1], CocoRleCodec.Decompress(rle));
        Assert.Equal("231N", rle.Counts);
    }

    [Fact]
    public void Decode_AnyMask_IsTheMaskEncoded() =>
        (from height in Gen.Int[1, 40]
         from width in Gen.Int[1, 40]
         from mask in Gen.Byte[0, 1].Array[height * width]
         select (height, width, mask)).Sample(t =>
             Assert.Equal(t.mask, CocoRleCodec.Decode(CocoRleCodec.Encode(t.mask, t.height, t.width))));

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("\u00e9")]
    [InlineData("oooooooooooooooo")]
    [InlineData("24O3")]
    [InlineData("99")]
    public void Decompress_HostileCounts_IsInvalid(string counts)
    {
        var error = Assert.Throws<VisionException>(() => CocoRleCodec.Decompress(new CocoRle(7, 1, counts)));

        Assert.Equal(VisionErrorCode.InvalidRequest, error.Code);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, -1)]
    [InlineData(1 << 20, 1 << 20)]
    public void Decode_ImpossibleSize_IsInvalid(int height, int width) =>
        Assert.Throws<VisionException>(() => CocoRleCodec.Decode(new CocoRle(height, width, "0")));
}
