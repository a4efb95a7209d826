using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Benchmarks.Serving;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Devices;

namespace VisionCluster.Benchmarks.Labels;

/// <summary>Detection on a cold image with 100 proposals: each cut out and embedded, against all read from one feature map.</summary>
internal sealed class RegionEncoders : IBenchmark
{
    private const int Proposals = 100;

    public string Name => "detect with 100 proposals on a cold image, crop / roi, processor time";

    public string Bar => ">= 10x";

    public async Task<Figure> RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        var session = await BenchServer.UploadAsync(server);
        var key = new ImageKey(TenantId.Default, (await session.DescribeAsync(default)).Id);
        var device = server.Services.GetRequiredService<DeviceHosts>().All.First();
        var roi = new DetectRequest
        {
            Labels = ["dog face", "pizza", "automobile"],
            MaxProposals = Proposals,
            RegionEncoder = RegionEncoder.Roi,
        };
        var (ratios, times) = (new List<double>(), new List<double>());
        for (var pair = -2; pair < 12; pair++)
        {
            var crops = await TimeAsync(roi with { RegionEncoder = RegionEncoder.Crop });
            var map = await TimeAsync(roi);
            if (pair >= 0)
            {
                ratios.Add(crops / map);
                times.Add(map);
            }
        }

        return Figure.Of(ratios, "x", median => median >= 10, string.Create(
            CultureInfo.InvariantCulture, $"roi {Figure.At([.. times.Order()], 0.5):0.0} ms"));

        async Task<double> TimeAsync(DetectRequest request)
        {
            var samples = new double[5];
            for (var i = 0; i < samples.Length; i++)
            {
                device.Embeddings.Forget(key);
                var before = Environment.CpuUsage.TotalTime;
                await session.DetectAsync(request, CallOptions.Default, default);
                samples[i] = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
            }

            Array.Sort(samples);
            return Figure.At(samples, 0.5);
        }
    }
}
