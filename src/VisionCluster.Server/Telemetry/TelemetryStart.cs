using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Server.Telemetry;

/// <summary>Makes the instruments that nobody else asks for.</summary>
internal sealed class TelemetryStart(IServiceProvider services, IOptions<TelemetryOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<CertificateInstruments>();
        if (options.Value.TritonMetrics)
        {
            services.GetRequiredService<TritonMetrics>();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
