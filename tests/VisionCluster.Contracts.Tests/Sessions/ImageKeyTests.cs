using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Contracts.Tests.Sessions;

public sealed class ImageKeyTests
{
    private static readonly string Id = new('a', 32);

    [Fact]
    public void FromGrainKey_ItsOwnText_IsTheSameKey()
    {
        var key = ImageKey.FromCaller(new TenantId("red"), Id);
        Assert.Equal($"red/{Id}", key.ToString());
        Assert.Equal(key, ImageKey.FromGrainKey(key.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("../../../../../../../../../../..")]
    public void FromCaller_IdOfNoValidForm_IsAnsweredAsUnknown(string id) => Assert.Equal(
        VisionErrorCode.ImageNotFound, Assert.Throws<VisionException>(() => ImageKey.FromCaller(TenantId.Default, id)).Code);

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("new\nline")]
    public void Tenant_NameWithASeparator_IsRefused(string name) => Assert.Throws<VisionException>(() => new TenantId(name));
}
