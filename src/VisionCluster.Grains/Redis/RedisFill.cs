using StackExchange.Redis;
using VisionCluster.Grains.Images;

namespace VisionCluster.Grains.Redis;

/// <summary>
/// How full Redis' memory is, asked for in the background where the last answer has grown old: whoever looks never waits.
/// </summary>
internal sealed class RedisFill(RedisConnection redis, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private volatile FillBox? _last;
    private long _askedAt = long.MinValue;

    /// <summary>The last answer; null while there is none.</summary>
    public StoreFill? Last()
    {
        var asked = Volatile.Read(ref _askedAt);
        if ((asked == long.MinValue || time.GetElapsedTime(asked) > MaxAge)
            && Interlocked.CompareExchange(ref _askedAt, time.GetTimestamp(), asked) == asked)
        {
            _ = AskAsync();
        }

        return _last?.Fill;
    }

    private async Task AskAsync()
    {
        try
        {
            var connection = await redis.GetAsync();
            var (used, most) = (0L, 0L);
            foreach (var server in connection.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false }))
            {
                // As a raw command: the library takes its own for one of administrators.
                var memory = Parse((string?)await server.ExecuteAsync("INFO", "memory") ?? "");
                used += Number(memory, "used_memory");
                most += Number(memory, "maxmemory");
            }

            _last = new FillBox(new StoreFill(used, most > 0 ? most : null));
        }
        catch (Exception error) when (error is RedisException or RedisTimeoutException or ObjectDisposedException)
        {
            _last = null;
        }
    }

    private static Dictionary<string, string> Parse(string info) => info
        .Split('\n', StringSplitOptions.TrimEntries)
        .Select(static line => line.Split(':', 2))
        .Where(static pair => pair.Length == 2)
        .ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);

    private static long Number(Dictionary<string, string> info, string name) =>
        info.TryGetValue(name, out var text) && long.TryParse(text, out var number) ? number : 0;

    private sealed record FillBox(StoreFill Fill);
}
