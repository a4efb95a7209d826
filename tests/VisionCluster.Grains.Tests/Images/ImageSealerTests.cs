using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Images;

namespace VisionCluster.Grains.Tests.Images;

public sealed class ImageSealerTests
{
    private static readonly string Old = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly string New = Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray());
    private static readonly byte[] Image = [0xff, 0xd8, 1, 2, 3];

    [Fact]
    public void Unseal_AfterTheKeyWasRotated_OpensOldAndNew()
    {
        var before = new ImageSealer([Old]).Seal("t/1", Image);
        var rotated = new ImageSealer([New, Old]);
        Assert.Equal(Image, rotated.Unseal("t/1", before));
        Assert.Equal(Image, new ImageSealer([New]).Unseal("t/1", rotated.Seal("t/1", Image)));
    }

    [Fact]
    public void Unseal_KeptBeforeThereWasAKey_IsAsItCame() => Assert.Equal(Image, new ImageSealer([New]).Unseal("t/1", Image));

    [Theory]
    [InlineData("t/2", -1)]
    [InlineData("t/1", 10)]
    [InlineData("t/1", 40)]
    public void Unseal_OfAnotherImageOrChanged_IsRefused(string name, int changed)
    {
        var sealer = new ImageSealer([New]);
        var stored = sealer.Seal("t/1", Image);
        if (changed >= 0)
        {
            stored[changed] ^= 1;
        }

        Assert.Equal(VisionErrorCode.StoreUnavailable, Assert.Throws<VisionException>(() => sealer.Unseal(name, stored)).Code);
    }

    [Fact]
    public void Unseal_WithoutItsKey_IsRefused()
    {
        var stored = new ImageSealer([Old]).Seal("t/1", Image);
        Assert.Throws<VisionException>(() => new ImageSealer([New]).Unseal("t/1", stored));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("AAAA", false)]
    [InlineData("not base64", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true)]
    public void IsKey_OfText_IsTrueFor32Bytes(string text, bool expected) => Assert.Equal(expected, ImageSealer.IsKey(text));
}
