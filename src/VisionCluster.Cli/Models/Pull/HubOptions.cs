using VisionCluster.Cli.Commands;

namespace VisionCluster.Cli.Models.Pull;

/// <summary>
/// Where models are fetched from and as whom, by the variables that Hugging Face's own tools read: <c>HF_ENDPOINT</c> for
/// a mirror, <c>HF_TOKEN</c>. Proxies are those of <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c> and <c>NO_PROXY</c>.
/// </summary>
/// <param name="Endpoint">The hub.</param>
/// <param name="Token">Shown to the hub and to no other host; null for none.</param>
internal sealed record HubOptions(Uri Endpoint, string? Token)
{
    private const string Default = "https://huggingface.co";

    /// <summary>How often a file is tried again without a byte of progress.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Pause before the second attempt; doubles each time.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest wait for the next byte.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Largest file that is taken.</summary>
    public long MaxBytes { get; init; } = 32L << 30;

    /// <exception cref="CommandException"><c>HF_ENDPOINT</c> is no address.</exception>
    public static HubOptions FromEnvironment(Func<string, string?> variable)
    {
        var endpoint = variable("HF_ENDPOINT") is { Length: > 0 } mirror ? mirror : Default;
        return Uri.TryCreate(endpoint.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new HubOptions(address, variable("HF_TOKEN") is { Length: > 0 } token ? token : null)
            : throw new CommandException("HF_ENDPOINT must be an absolute http or https URL.");
    }
}
