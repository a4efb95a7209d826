using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.MembershipService.SiloMetadata;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.Errors;
using VisionCluster.Grains.Images;
using VisionCluster.Grains.LabelSets;
using VisionCluster.Grains.ModelHosts;
using VisionCluster.Grains.Placement;
using VisionCluster.Grains.Search;
using VisionCluster.Grains.Sessions;
using VisionCluster.Grains.TextEmbeddings;
using VisionCluster.Grains.Redis;
using VisionCluster.Grains.Resilience;
using VisionCluster.Inference;

namespace VisionCluster.Grains;

/// <summary>Registers the grains of the cluster.</summary>
public static class GrainServices
{
    /// <summary>Adds sessions, model hosts, text caches and placement to a silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="devices">How many devices this silo has; with none it gets no session.</param>
    public static ISiloBuilder AddVisionGrains(this ISiloBuilder silo, int devices)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        if (devices > 0)
        {
            metadata.Add(SiloRoles.DevicesKey, devices.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        silo.UseSiloMetadata(metadata);
        silo.AddIncomingGrainCallFilter<ErrorBoundaryFilter>();
        silo.AddOutgoingGrainCallFilter<RetryFilter>();
        silo.AddPlacementDirector<DevicePlacement, DevicePlacementDirector>();
        silo.AddPlacementDirector<ModelHostPlacement, ModelHostPlacementDirector>();
        var services = silo.Services;
        services.AddSingleton<DeviceLoads>();
        services.AddSingleton<LocalHosts>();
        services.AddSingleton<TextModels>();
        services.AddSingleton<TextEmbeddingInstruments>();
        services.AddSingleton<TextEmbeddingCache>();
        services.AddSingleton<MatrixCache>();
        services.AddSingleton<LabelSetCache>();
        services.AddSingleton<Vocabularies>();
        services.AddSingleton<SessionCalls>();
        services.AddSingleton<ImageSearch>();
        services.AddSingleton<ImageIntake>();
        services.AddSingleton<LocalSessions>();
        services.AddSingleton<SessionInstruments>();
        services.AddSingleton(static provider => new HandOver(
            provider.GetRequiredService<LocalSessions>(),
            provider.GetRequiredService<DeviceLoads>(),
            provider.GetRequiredService<ILocalSiloDetails>()));
        AddStores(silo);
        services.AddSingleton<IHostedService, DeviceLoadPublisher>();
        services.AddVisionOptions<ImageSessionOptions>(ImageSessionOptions.Section);
        services.AddVisionOptions<TextEmbeddingOptions>(TextEmbeddingOptions.Section);
        services.AddVisionOptions<LabelSetOptions>(LabelSetOptions.Section);
        services.AddVisionOptions<TenantLimitOptions>(TenantLimitOptions.Section);
        services.AddSingleton<LabelLimit>();
        return silo;
    }

    private static void AddStores(ISiloBuilder silo)
    {
        var redis = silo.Configuration.GetSection(RedisOptions.Section).Get<RedisOptions>() ?? new RedisOptions();
        var images = silo.Configuration.GetSection(ImageStoreOptions.Section).Get<ImageStoreOptions>() ?? new ImageStoreOptions();
        silo.Services.AddVisionOptions<RedisOptions>(RedisOptions.Section);
        silo.Services.AddSingleton<RedisInstruments>();
        silo.Services.AddSingleton<RedisConnection>();
        silo.Services.AddImageStore(images.Provider, redis);
        silo.AddGrainState(redis.IsConfigured);
        if (redis.IsConfigured)
        {
            silo.Services.AddSingleton<ITextEmbeddingStore, RedisTextEmbeddingStore>();
            silo.Services.AddSingleton<StoreEpoch>();
            silo.Services.AddSingleton<IHostedService, SessionRescue>();
        }
        else
        {
            silo.Services.AddSingleton<ITextEmbeddingStore, NoTextEmbeddingStore>();
        }
    }
}
