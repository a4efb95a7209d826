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
        var gateway = builder.Configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        if (gateway.Dashboard)
        {
            builder.UseOrleans(static silo => silo.AddDashboard());
        }

        builder.WebHost.UseUrls([.. Urls(builder.Configuration, roles, gateway)]);
        // What a request does before its first wait is short, and each thread that is not woken is worth 50 microseconds of a click.
        builder.WebHost.UseSockets(static sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = gateway.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = gateway.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = gateway.HeadersTimeout;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(gateway.MinBodyBytesPerSecond, BodyGrace);
            kestrel.ConfigureEndpointDefaults(listen =>
            {
                // Without TLS a connection cannot say which version it speaks: gRPC's port knows only HTTP/2.
                if (gateway.GrpcPort > 0 && listen.IPEndPoint?.Port == gateway.GrpcPort)
                {
                    listen.Protocols = HttpProtocols.Http2;
                }
            });
            // Multipart headers come on top of the image.
            kestrel.Limits.MaxRequestBodySize = roles.Gateway ? Math.Max(gateway.MaxImageBytes, gateway.MaxJsonBytes) + (64 << 10) : 0;
        });
    }

    private static IEnumerable<string> Urls(ConfigurationManager configuration, RoleOptions roles, GatewayOptions gateway)
    {
        var named = Split(configuration["urls"]).ToArray();
        if (named.Length == 0)
        {
            // Ports by themselves are no longer read once there are URLs.
            named = [.. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"),
                .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}")];
        }

        var own = new[] { gateway.OperatorPort, roles.Gateway ? gateway.GrpcPort : 0 }
            .Where(port => port > 0).Select(port => $"http://0.0.0.0:{port}");
        return (named.Length > 0 ? named : [DefaultUrl]).Concat(own).Distinct();
    }

    private static string[] Split(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
