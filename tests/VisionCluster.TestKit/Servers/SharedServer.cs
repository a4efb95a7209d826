using Xunit;

namespace VisionCluster.TestKit.Servers;

/// <summary>One server without configuration for all tests of a class or collection.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private VisionTestServer? _server;

    /// <summary>The server.</summary>
    public VisionTestServer Server => _server ?? throw new InvalidOperationException("The server has not started.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
