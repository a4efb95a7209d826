using System.Globalization;
using System.Net;

namespace VisionCluster.Gateway.Tests.Fetching;

/// <summary>Ways to write a URL so that a careless server asks an address that is not global.</summary>
internal static class SsrfForms
{
    /// <summary>A name that is global when it is asked first, and loopback a moment later.</summary>
    public const string Rebinding = "rebinding.example";

    /// <summary>A name with a global address and a private one.</summary>
    public const string Mixed = "mixed.example";

    private static readonly IPAddress[] Inner4 = Array.ConvertAll(
        [
            "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254",
            "100.64.0.1", "100.127.255.254", "192.0.0.1", "192.0.2.5", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
            "240.0.0.1", "255.255.255.255",
        ],
        IPAddress.Parse);

    private static readonly string[] Inner6 =
    [
        "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%251]", "[::1%251]", "[fc00::1]", "[fd12:3456:789a::1]", "[fec0::1]",
        "[ff02::1]", "[2001:db8::1]", "[3fff::1]", "[2001::1]", "[2001:10::1]", "[100::1]", "[64:ff9b:1::a00:1]", "[5f00::1]",
        "[2606:2800:220:1::5efe:7f00:1]", "[2606:2800:220:1:200:5efe:10.0.0.1]",
    ];

    private static readonly string[] InnerNames =
        ["localhost", "LOCALHOST", "localhost.", "app.localhost", "metadata.google.internal", "kubernetes.default.svc", "router", Rebinding, Mixed];

    /// <summary>URLs with the host written so, and the same as a redirect's target.</summary>
    public static IEnumerable<string> Urls() => Inner4.SelectMany(Hosts).Concat(Inner6).Concat(InnerNames)
        .Select(static host => $"http://{host}/a.png").Concat(Inner4.Select(address => address.ToString()).SelectMany(Tricks));

    /// <summary>One address in many notations.</summary>
    private static IEnumerable<string> Hosts(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var (a, b, c, d) = (bytes[0], bytes[1], bytes[2], bytes[3]);
        var whole = ((uint)a << 24) | ((uint)b << 16) | ((uint)c << 8) | d;
        string[] hosts =
        [
            $"{address}", $"{address}.", $"{whole}", $"0x{whole:x}", $"0X{whole:X8}", $"0{Octal(whole)}",
            $"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}", $"0{Octal(a)}.0{Octal(b)}.0{Octal(c)}.0{Octal(d)}", $"000{Octal(a)}.{b}.0x{c:x}.{d}",
            $"{a}.{b}.{(c << 8) | d}", $"{a}.{(b << 16) | (c << 8) | d}", $"0x{a:x}.{(b << 16) | (c << 8) | d}",
            $"{a}%2e{b}%2e{c}%2e{d}", $"{a}。{b}．{c}｡{d}", FullWidth($"{address}"),
            $"[::ffff:{address}]", $"[::ffff:{(a << 8) | b:x}:{(c << 8) | d:x}]", $"[0:0:0:0:0:ffff:{address}]", $"[::{address}]",
            $"[64:ff9b::{address}]", $"[2002:{(a << 8) | b:x}:{(c << 8) | d:x}::1]", $"[2001:0:{(a << 8) | b:x}:{(c << 8) | d:x}::{~whole >> 16:x}:{~whole & 0xFFFF:x}]",
            $"[::ffff:0:{address}]", $"{address}.inner.example",
        ];
        return hosts;
    }

    /// <summary>Hosts behind which another is hidden.</summary>
    private static IEnumerable<string> Tricks(string host) =>
    [
        $"http://good.example@{host}/a.png", $"http://good.example:80@{host}/a.png", $"http://{host}#@good.example/", $"http://{host}\\@good.example/",
        $"http://{host}?@good.example/", $"http:\\\\{host}\\a.png", $"http:///{host}/a.png", $"//{host}/a.png", $"http://{host}:80:80/", $"http://\t{host}/",
        $"ftp://{host}/a.png", $"gopher://{host}/_a", $"file://{host}/etc/passwd", $"http://{host}%00.good.example/", $"http://[{host}]/", $"dict://{host}/",
    ];

    private static string Octal(uint number) => Convert.ToString(number, 8);

    private static string FullWidth(string host) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Concat(host.Select(static letter => letter == '.' ? '．' : (char)(letter + 0xFEE0)))}");
}
