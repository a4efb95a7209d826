using System.CommandLine;
using VisionCluster.Client;

namespace VisionCluster.Cli.Commands;

/// <summary>Where the cluster is and who calls it: options of every command that talks to one.</summary>
internal sealed class ConnectionOptions
{
    private const string UrlVariable = "VISIONCTL_URL";
    private const string KeyVariable = "VISIONCTL_API_KEY";

    private readonly Option<Uri> _url = new("--url")
    {
        Description = $"The cluster's gateway. [env: {UrlVariable}]",
        HelpName = "url",
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable(UrlVariable) ?? "http://127.0.0.1:8080"),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            {
                return url;
            }

            result.AddError("--url must be an absolute http or https URL.");
            return null;
        },
    };

    private readonly Option<string?> _key = new("--api-key")
    {
        Description = $"A key that the cluster knows. [env: {KeyVariable}]",
        HelpName = "key",
    };

    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_key);
    }

    /// <summary>A client of the cluster that the command line names, and the connection to dispose.</summary>
    public (IVisionClient Client, HttpClient Connection) Connect(ParseResult parsed)
    {
        var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(_url) };
        var key = parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable(KeyVariable);
        return (new HttpVisionClient(http, new VisionClientOptions { ApiKey = key }), http);
    }
}
