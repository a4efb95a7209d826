using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>A server with an uploaded sample.</summary>
internal static class BenchServer
{
    public static Task<VisionTestServer> StartAsync() => VisionTestServer.StartAsync();

    public static async Task<IImageSessionGrain> UploadAsync(VisionTestServer server, string tenant = "default")
    {
        var bytes = Sample.Load("held-twemoji-1").Bytes;
        var key = ImageKey.FromDigest(new TenantId(tenant), SHA256.HashData(bytes));
        var session = server.Services.GetRequiredService<IGrainFactory>().GetGrain<IImageSessionGrain>(key.ToString());
        await session.UploadAsync(new ImageContent(bytes), default);
        return session;
    }
}
