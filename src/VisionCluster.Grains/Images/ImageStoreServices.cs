using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using VisionCluster.Grains.Redis;
using VisionCluster.Inference;
using VisionCluster.Inference.Sources;

namespace VisionCluster.Grains.Images;

/// <summary>Registers the store that configuration names.</summary>
internal static class ImageStoreServices
{
    private static readonly TimeSpan S3Timeout = TimeSpan.FromSeconds(10);

    public static void AddImageStore(this IServiceCollection services, ImageStoreProvider provider, RedisOptions redis)
    {
        if (provider == ImageStoreProvider.Redis && !redis.IsConfigured)
        {
            throw new OptionsValidationException(
                ImageStoreOptions.Section,
                typeof(ImageStoreOptions),
                [$"{RedisOptions.Section}:{nameof(RedisOptions.ConnectionString)} must be set where images are kept in Redis."]);
        }

        services.AddVisionOptions<ImageStoreOptions>(ImageStoreOptions.Section);
        services.AddSingleton(static provider => new ImageSealer(Options(provider).EncryptionKeys));
        services.AddSingleton<ImageEnvelope>();
        services.AddSingleton<TenantQuotas>();
        services.AddSingleton<StoreInstruments>();
        switch (provider)
        {
            case ImageStoreProvider.Files:
                services.AddSingleton<FileImageStore>();
                services.AddSingleton<IHostedService, ImageSweep>();
                services.AddSingleton<IImageStore>(static provider =>
                {
                    var files = provider.GetRequiredService<FileImageStore>();
                    provider.GetRequiredService<StoreInstruments>().Watch(files.Fill);
                    return files;
                });
                break;
            case ImageStoreProvider.Redis:
                services.AddSingleton<RedisFill>();
                services.AddSingleton<HeldImages>();
                services.AddSingleton<IImageStore>(static provider =>
                {
                    provider.GetRequiredService<StoreInstruments>().Watch(provider.GetRequiredService<RedisFill>().Last);
                    return new HoldingImageStore(
                        ActivatorUtilities.CreateInstance<RedisImageStore>(provider), provider.GetRequiredService<HeldImages>());
                });
                break;
            case ImageStoreProvider.S3:
                services.AddSingleton<IAmazonS3>(static provider => CreateS3(Options(provider).S3));
                services.AddSingleton<IImageStore, S3ImageStore>();
                break;
            default:
                services.AddSingleton<IImageStore, MemoryImageStore>();
                break;
        }

        services.AddSingleton<IImageBytes>(static provider => provider.GetRequiredService<IImageStore>());
    }

    private static ImageStoreOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<ImageStoreOptions>>().Value;

    internal static AmazonS3Client CreateS3(S3Options options)
    {
        var configuration = new AmazonS3Config
        {
            Timeout = S3Timeout,
            ForcePathStyle = options.ServiceUrl is not null,
            // Stores that only speak the protocol know no trailing checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.ServiceUrl is not null)
        {
            configuration.ServiceURL = options.ServiceUrl;
            configuration.AuthenticationRegion = options.Region;
        }
        else if (options.Region is not null)
        {
            configuration.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return new AmazonS3Client(configuration);
    }
}
