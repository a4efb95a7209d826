using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using VisionCluster.Cli.Commands;
using VisionCluster.Client;
using VisionCluster.Server;

namespace VisionCluster.Cli.Demo;

/// <summary>A whole cluster in this process, on a free loopback port, and a client of it.</summary>
internal sealed class EmbeddedCluster : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly WebApplication _server;
    private readonly HttpClient _http;

    private EmbeddedCluster(WebApplication server)
    {
        _server = server;
        _http = new HttpClient { BaseAddress = new Uri(server.Urls.Single()) };
        Client = new HttpVisionClient(_http);
    }

    /// <summary>Talks to it over HTTP, as any program would.</summary>
    public IVisionClient Client { get; }

    /// <summary>Starts it; models are loaded and warm when this returns.</summary>
    /// <exception cref="CommandException">It does not start.</exception>
    public static async Task<EmbeddedCluster> StartAsync(CancellationToken cancellationToken)
    {
        var server = VisionServer.Create(["--urls=http://127.0.0.1:0"], static builder => builder.Logging.ClearProviders());
        try
        {
            await server.StartAsync(cancellationToken);
            return new EmbeddedCluster(server);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await server.DisposeAsync();
            throw new CommandException($"The embedded cluster does not start: {error.Message}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        using var limit = new CancellationTokenSource(StopLimit);
        await _server.StopAsync(limit.Token);
        await _server.DisposeAsync();
    }
}
