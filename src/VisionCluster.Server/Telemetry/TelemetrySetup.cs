using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Server.Telemetry;

/// <summary>
/// Traces, metrics and logs: metrics for Prometheus at <c>/metrics</c>, and everything over OTLP where
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.
/// </summary>
internal static class TelemetrySetup
{
    private const string OrleansSource = "Microsoft.Orleans.Application";
    private const string OrleansMeter = "Microsoft.Orleans";

    /// <summary>Every instrument's room for series is taken when it is made: OpenTelemetry's default of 2,000 took 20 MiB.</summary>
    private const int SeriesPerInstrument = 500;

    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddVisionTelemetry(this WebApplicationBuilder builder)
    {
        // A lost caller or a silo that leaves makes Orleans' retries log every attempt at this level.
        builder.Logging.AddFilter("Polly", LogLevel.Error);
        var options = builder.Configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>() ?? new TelemetryOptions();
        builder.Services.AddSingleton<CertificateInstruments>();
        builder.Services.AddSingleton<TritonMetrics>();
        builder.Services.AddHostedService<TelemetryStart>();
        var exports = !string.IsNullOrEmpty(builder.Configuration[Endpoint]);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("visioncluster"))
            .WithMetrics(static metrics => metrics
                .AddMeter(VisionTelemetry.Name, OrleansMeter, TritonMetrics.MeterName)
                .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = SeriesPerInstrument })
                .SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter())
            .WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SamplingRatio)))
                .AddSource(VisionTelemetry.Name, OrleansSource)
                .AddAspNetCoreInstrumentation());
        if (exports)
        {
            builder.Logging.AddOpenTelemetry(static logging => logging.IncludeScopes = true);
            telemetry.UseOtlpExporter();
        }
    }

    public static void MapVisionMetrics(this WebApplication app) => app.MapPrometheusScrapingEndpoint();
}
