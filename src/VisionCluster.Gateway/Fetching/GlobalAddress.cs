using System.Net;
using System.Net.Sockets;

namespace VisionCluster.Gateway.Fetching;

/// <summary>
/// Which addresses belong to the open internet, after IANA's registries of special-purpose addresses (RFC 6890). IPv6
/// addresses that stand for IPv4 ones (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) are all refused: whoever has a
/// public IPv4 address can be asked by it.
/// </summary>
internal static class GlobalAddress
{
    private const int InterfaceIdentifier = 8;

    private static readonly IPNetwork Unicast6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Special4 = Array.ConvertAll(
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
        ],
        static (string network) => IPNetwork.Parse(network));

    private static readonly IPNetwork[] Special6 = Array.ConvertAll(
        ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"], static (string network) => IPNetwork.Parse(network));

    /// <summary>Whether a server that fetches for strangers may connect to it.</summary>
    public static bool Is(IPAddress address) =>
        // IPNetwork finds some mapped addresses within 2000::/3: they are refused first.
        !address.IsIPv4MappedToIPv6 && address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !Array.Exists(Special4, network => network.Contains(address)),
        AddressFamily.InterNetworkV6 => address.ScopeId == 0 && Unicast6.Contains(address)
            && !Array.Exists(Special6, network => network.Contains(address)) && !IsIsatap(address),
        _ => false,
    };

    private static bool IsIsatap(IPAddress address) =>
        address.GetAddressBytes().AsSpan(InterfaceIdentifier) is [0 or 2, 0, 0x5E, 0xFE, ..];
}
