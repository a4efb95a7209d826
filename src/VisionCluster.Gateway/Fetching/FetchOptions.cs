using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Gateway.Fetching;

/// <summary>
/// Pictures that the gateway fetches by their URL; section <c>Vision:Fetching</c>. Nothing is fetched until hosts are named.
/// Addresses that are not global are refused whatever is set here.
/// </summary>
public sealed class FetchOptions : IValidatableObject
{
    private const int HttpsPort = 443;
    private const int HttpPort = 80;

    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Fetching";

    /// <summary>
    /// Hosts that pictures may come from: <c>images.example.com</c>, <c>*.example.com</c> (everything below it), or <c>*</c>.
    /// None: URLs are refused.
    /// </summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>Ports that may be asked; none: 443, and 80 where <see cref="AllowHttp"/>.</summary>
    public IList<int> Ports { get; } = [];

    /// <summary>Whether pictures may come without TLS.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>How often one picture may send on to another URL, each of which is checked anew.</summary>
    [Range(0, 20)]
    public int MaxRedirects { get; set; } = 3;

    /// <summary>Longest that fetching one picture may take, redirects included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pictures that a gateway fetches at once; more are refused.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 16;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var host in Hosts.Where(static host => !IsPattern(host)))
        {
            yield return new ValidationResult($"{Section}:Hosts: '{host}' is no host's name, '*.name' or '*'.");
        }

        foreach (var port in Ports.Where(static port => port is < 1 or > 65535))
        {
            yield return new ValidationResult($"{Section}:Ports: {port} is no port.");
        }
    }

    internal bool Allows(string host) => Hosts.Any(pattern => pattern == "*"
        || host.Equals(pattern, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)));

    internal bool Allows(int port) =>
        Ports.Count > 0 ? Ports.Contains(port) : port == HttpsPort || (AllowHttp && port == HttpPort);

    private static bool IsPattern(string host) =>
        host == "*" || Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) != UriHostNameType.Unknown;
}
