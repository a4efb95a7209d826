using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VisionCluster.Grains.Redis;
using VisionCluster.Grains.TextEmbeddings;
using VisionCluster.Grains.Tests.Images;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Grains.Tests.TextEmbeddings;

public sealed class RedisTextEmbeddingStoreTests
{
    private static readonly LabelKey Cat = new("clip@1", "cat", "a photo of a {}.");
    private static readonly float[] Row = [0.5f, -1, 3e-20f];

    [RedisFact]
    public async Task Read_WhatWasWritten_IsTheSameToTheBit()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = RedisImageStoreTests.Connect(redis);
        var store = Create(connection);
        await store.WriteAsync([Cat], [Row]);
        var rows = await Create(connection).ReadAsync([Cat with { Model = "clip@2" }, Cat, Cat with { Label = "dog" }, Cat with { Templates = "{}" }]);
        Assert.Equal([null, Row, null, null], rows);
    }

    [RedisFact]
    public async Task Read_WhileRedisIsAway_FindsNothingAndDoesNotFail()
    {
        using var redis = await RedisServer.StartAsync();
        await using var connection = RedisImageStoreTests.Connect(redis);
        var store = Create(connection);
        await store.WriteAsync([Cat], [Row]);
        redis.Kill();
        Assert.Null((await store.ReadAsync([Cat]))[0]);
        await store.WriteAsync([Cat], [Row]);
    }

    private static RedisTextEmbeddingStore Create(RedisConnection connection) => new(
        connection, Options.Create(new TextEmbeddingOptions()), NullLogger<RedisTextEmbeddingStore>.Instance);
}
