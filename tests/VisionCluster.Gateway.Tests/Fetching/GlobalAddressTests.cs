using System.Net;
using System.Net.Sockets;
using CsCheck;
using VisionCluster.Gateway.Fetching;

namespace VisionCluster.Gateway.Tests.Fetching;

public sealed class GlobalAddressTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:81b::200e")]
    public void Is_PublicAddress_IsTrue(string address) => Assert.True(GlobalAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("192.0.0.8")]
    [InlineData("100.127.255.255")]
    [InlineData("172.31.255.255")]
    [InlineData("192.88.99.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    [InlineData("2001:0:808:808::1")]
    [InlineData("2606:4700::5efe:8.8.8.8")]
    [InlineData("fe80::1%2")]
    [InlineData("2606:4700::1%2")]
    [InlineData("::")]
    public void Is_SpecialAddress_IsFalse(string address) => Assert.False(GlobalAddress.Is(IPAddress.Parse(address)));

    /// <summary>Whatever the framework itself knows to be special is not global.</summary>
    [Fact]
    public void Is_AnyAddress_AgreesWithTheFramework() => Gen.Byte.Array[16].Sample(bytes =>
    {
        foreach (var address in new[] { new IPAddress(bytes), new IPAddress(bytes[..4]) })
        {
            var special = IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6Multicast || address.IsIPv6SiteLocal
                || address.IsIPv6UniqueLocal || address.IsIPv6Teredo || address.IsIPv4MappedToIPv6
                || (address.AddressFamily == AddressFamily.InterNetwork && bytes[0] is 0 or 10 or 127 or >= 224);
            Assert.False(special && GlobalAddress.Is(address), address.ToString());
        }
    });
}
