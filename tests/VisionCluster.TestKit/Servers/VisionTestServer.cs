using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VisionCluster.Server;

namespace VisionCluster.TestKit.Servers;

/// <summary>A real server in this process: Kestrel on a free port, a silo, the starter models on the CPU.</summary>
public sealed class VisionTestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private VisionTestServer(WebApplication app)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Url = new Uri(addresses.Addresses.First());
        Http = new HttpClient { BaseAddress = Url };
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>A client of it.</summary>
    public HttpClient Http { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server.</summary>
    /// <param name="configure">Changes what is registered.</param>
    /// <param name="settings">Configuration, <c>Vision:Section:Name=value</c> each.</param>
    public static async Task<VisionTestServer> StartAsync(
        Action<WebApplicationBuilder>? configure = null, params string[] settings)
    {
        var app = VisionServer.Create(
            ["--urls=http://127.0.0.1:0", .. settings.Select(setting => $"--{setting}")],
            builder =>
            {
                builder.Logging.ClearProviders();
                configure?.Invoke(builder);
            });
        await app.StartAsync();
        return new VisionTestServer(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
