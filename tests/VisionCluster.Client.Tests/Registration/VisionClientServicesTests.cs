using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Client.Tests.Registration;

[Collection(Roads.Collection)]
public sealed class VisionClientServicesTests(Roads roads)
{
    [Fact]
    public async Task AddVisionClusterClient_Address_ReachesTheCluster()
    {
        var services = new ServiceCollection();
        services.AddVisionClusterClient(roads.Server.Url);
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<IVisionClient>();

        Assert.IsType<HttpVisionClient>(client);
        Assert.NotEmpty(await client.ListModelsAsync());
    }

    [Fact]
    public async Task AddVisionClusterClient_Tenant_ReachesTheCluster()
    {
        var services = new ServiceCollection().AddSingleton(roads.Server.Services.GetRequiredService<IGrainFactory>());
        services.AddVisionClusterClient(new TenantId("somebody"));
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<IVisionClient>();

        Assert.IsType<OrleansVisionClient>(client);
        Assert.NotEmpty(await client.ListModelsAsync());
    }

    [Fact]
    public async Task AddVisionClusterClient_OptionsOutOfRange_AreRefused()
    {
        var services = new ServiceCollection();
        services.AddVisionClusterClient(roads.Server.Url, options => options.MaxImageBytes = 0);
        await using var provider = services.BuildServiceProvider();

        Assert.Throws<OptionsValidationException>(provider.GetRequiredService<IVisionClient>);
    }
}
