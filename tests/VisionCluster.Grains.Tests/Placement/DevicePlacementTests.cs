using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Grains.Tests.Placement;

/// <summary>A worker and a gateway-only silo, two processes' worth in one.</summary>
public sealed class DevicePlacementTests
{
    private const int Images = 12;

    [Fact]
    public async Task Sessions_UploadedAtAGatewayWithoutDevice_SitOnTheWorker()
    {
        await using var worker = await VisionTestServer.StartAsync();
        var primary = worker.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Endpoint.Port;
        await using var gateway = await VisionTestServer.StartAsync(
            null, "Vision:Roles:Worker=false", $"Vision:Cluster:PrimaryPort={primary}");
        var grains = gateway.Services.GetRequiredService<IGrainFactory>();
        var bytes = Sample.Load("noto-1").Bytes;
        for (var i = 0; i < Images; i++)
        {
            var key = ImageKey.FromDigest(new TenantId($"tenant{i}"), SHA256.HashData(bytes));
            await grains.GetGrain<IImageSessionGrain>(key.ToString()).UploadAsync(new ImageContent(bytes), default);
        }

        var statistics = await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var sessions = statistics.Where(grain => grain.GrainType.Contains("ImageSessionGrain", StringComparison.Ordinal)).ToArray();
        Assert.Equal(Images, sessions.Length);
        Assert.All(sessions, session => Assert.Equal(primary, session.SiloAddress.Endpoint.Port));
    }
}
