using VisionCluster.Cluster.Tests.Faults;
using VisionCluster.TestKit.Processes;
using System.Globalization;

namespace VisionCluster.Cluster.Tests.Processes;

/// <summary>Several servers, each gateway and worker, that find each other in a real Redis.</summary>
internal sealed class TestCluster : IDisposable
{
    private TestCluster(RedisServer redis, ServerProcess[] servers) => (Redis, Servers) = (redis, servers);

    public RedisServer Redis { get; }

    public ServerProcess[] Servers { get; }

    /// <summary>Starts a cluster; images are kept in Redis unless settings say otherwise.</summary>
    public static async Task<TestCluster> StartAsync(int servers, params string[] settings)
    {
        var redis = await RedisServer.StartAsync();
        var cluster = new TestCluster(
            redis, [.. Enumerable.Range(0, servers).Select(_ => ServerProcess.Start(Settings(redis, settings)))]);
        try
        {
            await Task.WhenAll(cluster.Servers.Select(server => server.WaitUntilReadyAsync()));
            await cluster.IsWholeAsync();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public static string[] Settings(RedisServer redis, params string[] more) =>
    [
        "Vision:Cluster:Provider=Redis", "Vision:Cluster:AdvertisedAddress=127.0.0.1",
        $"Vision:Redis:ConnectionString={redis.ConnectionString}", "Vision:ImageStore:Provider=Redis",
        "Vision:Models:Load:0=starter-sam", .. more,
    ];

    /// <summary>Every server knows every other's device.</summary>
    public async Task<TimeSpan> IsWholeAsync(int? devices = null) => await Eventually.TrueAsync(
        async () =>
        {
            foreach (var server in Servers.Where(server => !server.HasExited))
            {
                using var driver = new Driving.ImageDriver(server.Url);
                if ((await driver.DevicesAsync()).Length != (devices ?? Servers.Length))
                {
                    return false;
                }
            }

            return true;
        },
        FaultScale.Patience,
        string.Create(CultureInfo.InvariantCulture, $"the cluster has {devices ?? Servers.Length} devices"));

    public void Dispose()
    {
        Array.ForEach(Servers, server => server.Dispose());
        Redis.Dispose();
    }
}
