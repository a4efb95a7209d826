using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Inference.AutomaticMasks;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Imaging.Isolation;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Pipelines;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference;

/// <summary>Registers the engine.</summary>
public static class InferenceServices
{
    /// <summary>
    /// Adds imaging, models and devices. An <see cref="IImageBytes"/> and the <see cref="LocalDevices"/> must be registered beside them; options bind from
    /// the sections that their types name.
    /// </summary>
    public static IServiceCollection AddVisionInference(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddVisionOptions<OnnxOptions>(OnnxOptions.Section);
        services.AddVisionOptions<DeviceOptions>(DeviceOptions.Section);
        services.AddVisionOptions<TenantWeights>(TenantWeights.Section);
        services.AddVisionOptions<ModelCatalogOptions>(ModelCatalogOptions.Section);
        services.AddVisionOptions<AutomaticMaskOptions>(AutomaticMaskOptions.Section);
        services.AddVisionOptions<ImageLimits>("Vision:Images");
        services.AddVisionOptions<TelemetryOptions>(TelemetryOptions.Section);
        services.AddSingleton(static provider => new TenantSeries(Value<TelemetryOptions>(provider).MaxTenants));
        services.AddSingleton<BatchingInstruments>();
        services.AddSingleton<EmbeddingInstruments>();
        services.AddSingleton<StageInstruments>();
        services.AddSingleton<ModelCatalog>();
        services.AddVisionOptions<DecoderOptions>(DecoderOptions.Section);
        services.AddSingleton(CreateCodec);
        services.AddSingleton(provider => new DecodedImageCache(Value<DeviceOptions>(provider).DecodedBudgetBytes));
        services.AddSingleton(_ => new WorkLimiter(Environment.ProcessorCount));
        services.AddSingleton<ImageLoader>();
        services.AddSingleton(CreateHosts);
        services.AddSingleton<VisionEngines>();
        return services;
    }

    private static T Value<T>(IServiceProvider provider)
        where T : class => provider.GetRequiredService<IOptions<T>>().Value;

    private static IImageCodec CreateCodec(IServiceProvider provider) => Value<DecoderOptions>(provider) is { Processes: > 0 } options
        ? new IsolatedImageCodec(
            Value<ImageLimits>(provider),
            options,
            provider.GetRequiredService<DecoderCommand>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IsolatedImageCodec>>())
        : new VipsImageCodec(Value<ImageLimits>(provider));

    private static DeviceHosts CreateHosts(IServiceProvider provider)
    {
        var services = new DeviceServices(
            provider.GetRequiredService<ModelCatalog>(),
            Value<OnnxOptions>(provider),
            Value<DeviceOptions>(provider),
            Value<TenantWeights>(provider),
            provider.GetRequiredService<BatchingInstruments>(),
            provider.GetRequiredService<EmbeddingInstruments>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DeviceHost>>())
        {
            Tenants = provider.GetRequiredService<TenantSeries>(),
        };
        return new DeviceHosts(
            provider.GetRequiredService<LocalDevices>().All.Select(
                device => new DeviceHost(device, services, Guid.NewGuid().ToString("N")[..10])),
            provider.GetRequiredService<IMeterFactory>());
    }
}
