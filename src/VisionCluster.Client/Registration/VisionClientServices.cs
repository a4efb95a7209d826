using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Client;

/// <summary>Registers an <see cref="IVisionClient"/>.</summary>
public static class VisionClientServices
{
    /// <summary>A client over HTTP; calls that are refused for the moment are sent again, see <see cref="VisionClientOptions.MaxRetries"/>.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="address">The gateway's address, such as <c>http://vision:8080</c>.</param>
    /// <param name="configure">Key and limits.</param>
    /// <returns>The builder of its <see cref="HttpClient"/>, to add handlers to.</returns>
    public static IHttpClientBuilder AddVisionClusterClient(
        this IServiceCollection services, Uri address, Action<VisionClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        AddOptions(services, configure);
        return services.AddHttpClient<IVisionClient, HttpVisionClient>((http, provider) =>
        {
            http.BaseAddress = address;
            return new HttpVisionClient(http, provider.GetRequiredService<IOptions<VisionClientOptions>>().Value);
        }).AddRefusalRetry();
    }

    /// <summary>A client by grain calls; an <see cref="IGrainFactory"/> is registered in silos and in Orleans clients.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="tenant">Whom the calls are made for. The cluster trusts its silos and Orleans clients with it.</param>
    /// <param name="configure">Limits.</param>
    public static IServiceCollection AddVisionClusterClient(
        this IServiceCollection services, TenantId tenant, Action<VisionClientOptions>? configure = null)
    {
        AddOptions(services, configure);
        return services.AddSingleton<IVisionClient>(provider => new OrleansVisionClient(
            provider.GetRequiredService<IGrainFactory>(),
            tenant,
            provider.GetRequiredService<IOptions<VisionClientOptions>>().Value));
    }

    private static void AddOptions(IServiceCollection services, Action<VisionClientOptions>? configure) =>
        services.AddOptions<VisionClientOptions>().Configure(configure ?? (static _ => { })).ValidateDataAnnotations();
}
