using System.Diagnostics;
using System.Security.Claims;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Telemetry;

/// <summary>Says on a request's span and in metrics whose it is.</summary>
internal static class RequestTelemetry
{
    public static void UseRequestTelemetry(this WebApplication app)
    {
        var instruments = app.Services.GetRequiredService<RequestInstruments>();
        app.Use((context, next) =>
        {
            // Probes and pages belong to nobody.
            if (context.User.FindFirstValue(TenantClaim.Type) is { } tenant && context.GetEndpoint() is not null)
            {
                instruments.Came(new TenantId(tenant));
                Activity.Current?.SetTag(VisionTelemetry.Tenant, tenant);
            }

            return next(context);
        });
    }
}
