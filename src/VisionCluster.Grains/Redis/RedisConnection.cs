using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Grains.Redis;

/// <summary>
/// The one connection of a process to Redis, shared by membership, grain state and our own stores. While Redis is away
/// commands fail at once instead of queueing behind it; the connection comes back by itself.
/// </summary>
public sealed class RedisConnection : IAsyncDisposable
{
    private const int ConnectTimeoutMilliseconds = 2000;
    private const int KeepAliveSeconds = 5;

    private readonly RedisOptions _options;
    private readonly RedisInstruments _instruments;
    private readonly Lazy<Task<IConnectionMultiplexer>> _connection;

    /// <summary>Connects when it is first asked for.</summary>
    public RedisConnection(IOptions<RedisOptions> options, RedisInstruments instruments)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(instruments);
        _instruments = instruments;
        _options = options.Value;
        _connection = new Lazy<Task<IConnectionMultiplexer>>(OpenAsync);
    }

    /// <summary>What it connects to.</summary>
    public ConfigurationOptions Configuration
    {
        get
        {
            var configuration = ConfigurationOptions.Parse(_options.ConnectionString);
            configuration.AbortOnConnectFail = false;
            configuration.BacklogPolicy = BacklogPolicy.FailFast;
            configuration.ConnectTimeout = ConnectTimeoutMilliseconds;
            configuration.KeepAlive = KeepAliveSeconds;
            configuration.AsyncTimeout = configuration.SyncTimeout = (int)_options.CommandTimeout.TotalMilliseconds;
            configuration.ReconnectRetryPolicy = new LinearRetry(ConnectTimeoutMilliseconds / 4);
            return configuration;
        }
    }

    /// <summary>The connection, made when nobody has asked before.</summary>
    public Task<IConnectionMultiplexer> GetAsync() => _connection.Value;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connection.IsValueCreated)
        {
            await (await _connection.Value).DisposeAsync();
        }
    }

    /// <summary>A key of ours.</summary>
    internal RedisKey Key(string name) => $"{_options.KeyPrefix}:{name}";

    /// <summary>Runs a command; every way in which Redis can fail becomes one error.</summary>
    /// <exception cref="VisionException"><c>StoreUnavailable</c>.</exception>
    internal async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _connection.Value;
            return await command(connection.GetDatabase()).WaitAsync(cancellationToken);
        }
        catch (Exception error) when (error is RedisException or RedisTimeoutException or ObjectDisposedException)
        {
            _instruments.Failed();
            throw new VisionException(VisionErrorCode.StoreUnavailable, "The cluster's Redis cannot be used now.", error)
            {
                RetryAfter = TimeSpan.FromSeconds(2),
            };
        }
    }

    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(Configuration);
        _instruments.Watch(() => connection.IsConnected);
        return connection;
    }
}
