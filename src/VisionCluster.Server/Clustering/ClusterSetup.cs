using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using VisionCluster.Grains.Redis;
using VisionCluster.Inference;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Onnx;
using VisionCluster.Server.Roles;

namespace VisionCluster.Server.Clustering;

/// <summary>Makes the process a silo.</summary>
internal static class ClusterSetup
{
    /// <summary>Where sessions are, kept by each silo. Room for all of them is taken at the start.</summary>
    private const int CachedLocations = 100_000;

    public static void UseVisionCluster(
        this WebApplicationBuilder builder, Action<ISiloBuilder, int> addGrains, RoleOptions roles)
    {
        builder.Services.AddVisionOptions<VisionClusterOptions>(VisionClusterOptions.Section);
        var options = builder.Configuration.GetSection(VisionClusterOptions.Section).Get<VisionClusterOptions>()
            ?? new VisionClusterOptions();
        var onnx = builder.Configuration.GetSection(OnnxOptions.Section).Get<OnnxOptions>() ?? new OnnxOptions();
        var remarks = new List<string>();
        var devices = roles.Worker ? DeviceDiscovery.Find(onnx, remarks) : [];
        builder.Services.AddSingleton(new LocalDevices(devices) { Remarks = remarks });
        builder.Services.PostConfigure<OnnxOptions>(options => options.UseTensorRt = onnx.UseTensorRt);
        // Registered before the silo: it starts when the models are warm.
        builder.Services.AddHostedService<ModelLoader>();
        var ports = new SiloPorts(options);
        builder.Services.AddHostedService(_ => ports);
        builder.UseOrleans(silo =>
        {
            AddClustering(silo, options, ports);
            MembershipSetup.Tune(silo);
            AddDirectory(silo);
            silo.AddActivityPropagation();
            addGrains(silo, devices.Count);
        });
    }

    /// <summary>
    /// The directory that moves its entries before it answers for them. The default one may make a second activation of
    /// a session while silos come and go: an image encoded twice, and one that is gone where Redis was emptied.
    /// </summary>
    private static void AddDirectory(ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // Experimental since 9.0; the fault tests of this repository run on it.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // A silo that only seems dead may hold a session for a moment longer: its writes fail by their etag. To wait for
        // it would keep the sessions of one that is dead from answering for as long.
        silo.Configure<GrainDirectoryOptions>(static directory =>
            (directory.RangeLeaseDuration, directory.CacheSize) = (TimeSpan.Zero, CachedLocations));
    }

    private static void AddClustering(ISiloBuilder silo, VisionClusterOptions options, SiloPorts ports)
    {
        if (options.Provider == ClusterProvider.Localhost)
        {
            var primary = options.PrimaryPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, options.PrimaryPort);
            silo.UseLocalhostClustering(ports.Silo, ports.Gateway, primary, options.ServiceId, options.ClusterId);
            return;
        }

        RequireRedis(silo);
        silo.Services.AddOptions<RedisClusteringOptions>().Configure<RedisConnection>(
            static (clustering, redis) => clustering.ConfigurationOptions = redis.Configuration);
        silo.UseRedisClustering(static _ => { });
        KeepMembership(silo.Services);
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        if (options.Provider == ClusterProvider.Kubernetes)
        {
            silo.UseKubernetesHosting();
            return;
        }

        if (options.AdvertisedAddress.Length > 0)
        {
            silo.ConfigureEndpoints(IPAddress.Parse(options.AdvertisedAddress), ports.Silo, ports.Gateway, listenOnAnyHostAddress: true);
        }
        else
        {
            silo.ConfigureEndpoints(ports.Silo, ports.Gateway, AddressFamily.InterNetwork, listenOnAnyHostAddress: true);
        }

        if (options.ListenPort > 0)
        {
            silo.Configure<EndpointOptions>(
                endpoints => endpoints.SiloListeningEndpoint = new IPEndPoint(IPAddress.Any, options.ListenPort));
        }
    }

    /// <summary>Puts ours around the table that Orleans registered, whose type is its own affair.</summary>
    private static void KeepMembership(IServiceCollection services)
    {
        var registered = services.Last(service => service.ServiceType == typeof(IMembershipTable));
        services.Remove(registered);
        services.AddSingleton<IMembershipTable>(provider => ActivatorUtilities.CreateInstance<RestoringMembershipTable>(
            provider,
            registered.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!)));
    }

    private static void RequireRedis(ISiloBuilder silo)
    {
        if (silo.Configuration.GetSection(RedisOptions.Section).Get<RedisOptions>() is not { IsConfigured: true })
        {
            throw new OptionsValidationException(
                VisionClusterOptions.Section,
                typeof(VisionClusterOptions),
                [$"{RedisOptions.Section}:{nameof(RedisOptions.ConnectionString)} must be set for a cluster that finds itself in Redis."]);
        }
    }
}
