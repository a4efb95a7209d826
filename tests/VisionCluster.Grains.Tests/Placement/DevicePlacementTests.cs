using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Grains.Placement;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Grains.Tests.Placement;

/// <summary>Two silos, two processes' worth in one.</summary>
public sealed class DevicePlacementTests
{
    private const int Images = 12;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Sessions_UploadedAtAGatewayWithoutDevice_SitOnTheWorker()
    {
        await using var worker = await VisionTestServer.StartAsync();
        await using var gateway = await VisionTestServer.StartAsync(
            null, "Vision:Roles:Worker=false", $"Vision:Cluster:PrimaryPort={PortOf(worker)}");

        Assert.All(await UploadAsync(gateway), silo => Assert.Equal(PortOf(worker), silo.Endpoint.Port));
    }

    [Theory]
    [InlineData(DeviceState.Quarantined)]
    [InlineData(DeviceState.Draining)]
    public async Task Sessions_UploadedWhereTheDeviceTakesNoWork_SitOnTheOtherWorker(DeviceState state)
    {
        string[] settings = ["Vision:Models:Load:0=starter-clip", "Vision:Devices:RebuildDelaySeconds=600"];
        await using var first = await VisionTestServer.StartAsync(null, settings);
        await using var second = await VisionTestServer.StartAsync(null, [.. settings, $"Vision:Cluster:PrimaryPort={PortOf(first)}"]);
        var (loads, silo) = (first.Services.GetRequiredService<DeviceLoads>(), SiloOf(first));
        await Eventually.TrueAsync(() => Task.FromResult(loads.AnotherTakesWork(silo)), Limit, "the second silo is known");
        if (state == DeviceState.Quarantined)
        {
            first.LoseDevice();
        }
        else
        {
            first.Device().Drain();
        }

        await Eventually.TrueAsync(() => Task.FromResult(!loads.TakesWork(silo)), Limit, "its own device takes no work");

        Assert.All(await UploadAsync(first), session => Assert.Equal(PortOf(second), session.Endpoint.Port));
    }

    private static SiloAddress SiloOf(VisionTestServer server) => server.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    private static int PortOf(VisionTestServer server) => SiloOf(server).Endpoint.Port;

    /// <summary>Images of as many tenants; where their sessions sit.</summary>
    private static async Task<SiloAddress[]> UploadAsync(VisionTestServer server)
    {
        var grains = server.Services.GetRequiredService<IGrainFactory>();
        var bytes = Sample.Load("noto-1").Bytes;
        for (var i = 0; i < Images; i++)
        {
            var key = ImageKey.FromDigest(new TenantId($"tenant{i}"), SHA256.HashData(bytes));
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        await grains.GetGrain<IImageSessionGrain>(key.ToString()).UploadAsync(new ImageContent(bytes), default);
                        return true;
                    }
                    catch (Exception error) when (error is VisionException or OrleansException)
                    {
                        // A silo learns a moment after it has joined who has a device, and says to come again until then.
                        return false;
                    }
                },
                Limit,
                "the image is taken");
        }

        var statistics = await grains.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var sessions = statistics.Where(grain => grain.GrainType.Contains("ImageSessionGrain", StringComparison.Ordinal)).ToArray();
        Assert.Equal(Images, sessions.Length);
        return [.. sessions.Select(static session => session.SiloAddress)];
    }
}
