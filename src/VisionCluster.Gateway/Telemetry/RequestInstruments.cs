using System.Diagnostics.Metrics;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Telemetry;

/// <summary>Metrics of requests that ASP.NET Core's own do not have: who asked, and what was refused for which reason.</summary>
internal sealed class RequestInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly TenantSeries _tenants;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _came;

    public RequestInstruments(IMeterFactory meters, TenantSeries tenants)
    {
        _tenants = tenants;
        _meter = meters.Create(VisionTelemetry.Name);
        _refused = _meter.CreateCounter<long>(
            VisionTelemetry.Metrics.RequestsRefused, "{request}", "Requests answered with an error, by code");
        _came = _meter.CreateCounter<long>(VisionTelemetry.Metrics.TenantRequests, "{request}", "Requests by tenant");
    }

    public void Dispose() => _meter.Dispose();

    public void Came(TenantId tenant) =>
        _came.Add(1, new KeyValuePair<string, object?>(VisionTelemetry.Tenant, _tenants.Of(tenant.Value)));

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>(VisionTelemetry.ErrorCode, code));
}
