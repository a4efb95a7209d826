using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orleans.Dashboard;
using VisionCluster.Gateway;

namespace VisionCluster.Server.Roles;

/// <summary>Kestrel's limits and address.</summary>
internal static class HttpSetup
{
    private const string DefaultUrl = "http://0.0.0.0:8080";

    /// <summary>After this a body must have come at its rate; Kestrel's own default.</summary>
    private static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(5);

    public static void AddVisionHttp(this WebApplicationBuilder builder, RoleOptions roles)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        var gateway = builder.Configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        if (gateway.Dashboard)
        {
            builder.UseOrleans(static silo => silo.AddDashboard());
        }

        if (gateway.OperatorPort > 0)
        {
            builder.WebHost.UseUrls($"{builder.Configuration["urls"]};http://0.0.0.0:{gateway.OperatorPort}");
        }

        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = gateway.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = gateway.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = gateway.HeadersTimeout;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(gateway.MinBodyBytesPerSecond, BodyGrace);
            // Multipart headers come on top of the image.
            kestrel.Limits.MaxRequestBodySize = roles.Gateway ? Math.Max(gateway.MaxImageBytes, gateway.MaxJsonBytes) + (64 << 10) : 0;
        });
    }
}
