using Microsoft.Extensions.DependencyInjection.Extensions;

namespace VisionCluster.Gateway.Fetching;

/// <summary>Registers fetching of pictures by their URL.</summary>
internal static class FetchSetup
{
    public static void AddFetching(this IServiceCollection services)
    {
        services.TryAddSingleton<IOutboundNetwork, SystemNetwork>();
        services.AddSingleton(static provider =>
            new GuardedConnector(provider.GetRequiredService<IOutboundNetwork>(), GlobalAddress.Is));
        services.AddSingleton<ImageFetcher>();
    }
}
