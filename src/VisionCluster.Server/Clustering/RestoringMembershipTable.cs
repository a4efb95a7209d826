using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using StackExchange.Redis;
using VisionCluster.Grains.Redis;

namespace VisionCluster.Server.Clustering;

/// <summary>
/// The membership table in Redis, which its silos write again when Redis was emptied: otherwise every refresh would fail
/// for good (dotnet/orleans#7784) and no silo could join. Each silo keeps a copy of the rows that it read last; the first
/// to find nothing puts its copy back in one step, so that nobody sees a table without its members.
/// </summary>
internal sealed class RestoringMembershipTable(
    IMembershipTable inner,
    RedisConnection redis,
    ILocalSiloDetails local,
    IOptions<ClusterOptions> cluster,
    ILogger<RestoringMembershipTable> logger) : IMembershipTable
{
    private const string VersionField = "Version";

    /// <summary>More than can have been written since the copy was made: a version never goes back.</summary>
    private const int VersionsAhead = 16;

    /// <summary>KEYS table; ARGV field, value, field, value... Puts everything back where there is nothing.</summary>
    private const string PutBack = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        redis.call('HSET', KEYS[1], unpack(ARGV))
        return 1
        """;

    private readonly RedisKey _key = RedisClusteringOptions.DefaultCreateRedisKey(cluster.Value);
    private HashEntry[] _copy = [];
    private MembershipEntry? _own;

    public Task InitializeMembershipTable(bool tryInitTableVersion) =>
        InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken) =>
        inner.InitializeMembershipTableAsync(tryInitTableVersion, cancellationToken);

    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        inner.DeleteMembershipTableEntriesAsync(clusterId, cancellationToken);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        inner.CleanupDefunctSiloEntriesAsync(beforeDate, cancellationToken);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) =>
        inner.ReadRowAsync(key, cancellationToken);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken) =>
        inner.UpdateIAmAliveAsync(entry, cancellationToken);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        InsertRowAsync(entry, tableVersion, CancellationToken.None);

    public async Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        Remember(entry, await inner.InsertRowAsync(entry, tableVersion, cancellationToken));

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    public async Task<bool> UpdateRowAsync(
        MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        Remember(entry, await inner.UpdateRowAsync(entry, etag, tableVersion, cancellationToken));

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
    {
        MembershipTableData table;
        try
        {
            table = await inner.ReadAllAsync(cancellationToken);
        }
        catch (Exception error) when (_copy.Length > 0 && error is not OperationCanceledException)
        {
            if (!await TryPutBackAsync())
            {
                throw;
            }

            logger.Restored(error);
            table = await inner.ReadAllAsync(cancellationToken);
        }

        if (_own is { Status: SiloStatus.Active } own && await TryMendOwnAsync(own, table, cancellationToken))
        {
            table = await inner.ReadAllAsync(cancellationToken);
        }

        await CopyAsync();
        return table;
    }

    /// <summary>The copy that was put back may have been made before this silo joined, or while it did.</summary>
    private async Task<bool> TryMendOwnAsync(MembershipEntry own, MembershipTableData table, CancellationToken cancellationToken) =>
        table.TryGet(local.SiloAddress) switch
        {
            null => await inner.InsertRowAsync(own, table.Version.Next(), cancellationToken),
            { Item1.Status: SiloStatus.Created or SiloStatus.Joining } row =>
                await inner.UpdateRowAsync(own, row.Item2, table.Version.Next(), cancellationToken),
            _ => false,
        };

    private bool Remember(MembershipEntry entry, bool written)
    {
        if (written && entry.SiloAddress.Equals(local.SiloAddress))
        {
            _own = entry;
        }

        return written;
    }

    /// <summary>True where the table was gone and is there now, whoever wrote it.</summary>
    private async Task<bool> TryPutBackAsync()
    {
        var database = (await redis.GetAsync()).GetDatabase();
        if (await database.KeyExistsAsync(_key))
        {
            return false;
        }

        RedisValue[] rows = [.. _copy.SelectMany(static row => new[]
        {
            row.Name, row.Name == VersionField && row.Value.TryParse(out int version) ? version + VersionsAhead : row.Value,
        })];
        await database.ScriptEvaluateAsync(PutBack, [_key], rows);
        return true;
    }

    private async Task CopyAsync()
    {
        try
        {
            var rows = await (await redis.GetAsync()).GetDatabase().HashGetAllAsync(_key);
            if (rows.Any(static row => row.Name == VersionField))
            {
                _copy = rows;
            }
        }
        catch (RedisException error)
        {
            logger.CopyFailed(error);
        }
    }
}
