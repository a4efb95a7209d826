using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Client.Tests;

/// <summary>One server and both roads to it.</summary>
public sealed class Roads : IAsyncLifetime
{
    public const string Collection = "roads";

    public static TheoryData<Road> All => [Road.Http, Road.Orleans];

    public VisionTestServer Server { get; private set; } = null!;

    public IVisionClient this[Road road] => road == Road.Http
        ? new HttpVisionClient(Server.Http)
        : new OrleansVisionClient(Server.Services.GetRequiredService<IGrainFactory>(), TenantId.Default);

    public async Task InitializeAsync() => Server = await VisionTestServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
