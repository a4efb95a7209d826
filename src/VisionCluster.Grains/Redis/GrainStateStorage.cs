using Microsoft.Extensions.Options;
using Orleans.Persistence;
using Orleans.Serialization;
using Orleans.Storage;
using VisionCluster.Grains.Sessions;

namespace VisionCluster.Grains.Redis;

/// <summary>
/// Where grains keep their state: Redis where there is one, else the silo's memory. Orleans' own serializer writes it,
/// by the ids of members and without assembly names, so that versions read each other's.
/// </summary>
internal static class GrainStateStorage
{
    /// <summary>A session's record outlives its last prolongation, which may be a quarter of its lifetime old, by this.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    public static void AddGrainState(this ISiloBuilder silo, bool redis)
    {
        if (!redis)
        {
            silo.AddMemoryGrainStorage(ImageSessionStorage.Name);
            silo.AddMemoryGrainStorage(TenantStorage.Name);
            return;
        }

        silo.AddRedisGrainStorage(ImageSessionStorage.Name, static options => options
            .Configure<RedisConnection, Serializer, IOptions<ImageSessionOptions>>(static (storage, connection, serializer, sessions) =>
            {
                Configure(storage, connection, serializer);
                storage.EntryExpiry = sessions.Value.TimeToLive + Margin;
            }));
        silo.AddRedisGrainStorage(TenantStorage.Name, static options => options
            .Configure<RedisConnection, Serializer>(Configure));
    }

    private static void Configure(RedisStorageOptions storage, RedisConnection connection, Serializer serializer)
    {
        storage.ConfigurationOptions = connection.Configuration;
        storage.DeleteStateOnClear = true;
        storage.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
    }
}
