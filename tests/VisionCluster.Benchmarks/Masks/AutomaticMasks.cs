using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.AutomaticMasks;
using VisionCluster.TestKit.ReferenceData;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Benchmarks.Masks;

/// <summary>
/// All masks of a picture of 1800 by 1200 (the size of segment-anything's own sample) by a decoder of SAM's real size,
/// through the whole cluster and by the one-point pipeline, in turns.
/// </summary>
internal sealed class AutomaticMasks : IBenchmark
{
    private const int Pairs = 3;
    private const int Side = 7;
    private const int Width = 1800;
    private const int Height = 1200;

    public string Name => "automatic masks, CPU time: the cluster against one point a run with full-size masks";

    public string Bar => ">= 3x";

    public async Task<Figure> RunAsync()
    {
        if (ReferenceFiles.Root is null)
        {
            return Missing("there is no reference data here");
        }

        using var exported = BatchedDecoder.Export(ReferenceFiles.Path("sam"));
        if (exported is not { Path: var decoder })
        {
            return Missing("there is no Python with torch here to export the decoder that batches points");
        }

        using var models = new ModelDirectory(ReferenceFiles.Path("sam/onnx/encoder.onnx"), decoder);
        await using var server = await VisionTestServer.StartAsync(
            null, $"Vision:Models:Directories:0={models.Path}");
        var session = await UploadAsync(server);
        var embedding = await session.ReadEmbeddingAsync(EmbeddingKind.Sam, [], CallOptions.Default, default);
        using var plain = new OnePointPipeline(
            ReferenceFiles.Path("sam/onnx/decoder_multi.onnx"), embedding.Values!.Value.ToArray(), Width, Height);
        var request = new EverythingRequest { PointsPerSide = Side, PredIouThresh = 0.5f, StabilityScoreThresh = 0.7f };
        var ratios = new List<double>();
        var (theirs, ownTime, plainTime, ownWork, plainWork) = (0, 0d, 0d, 0d, 0d);
        EverythingResponse ours = new("", [], StageTimings.Zero);
        for (var i = -1; i < Pairs; i++)
        {
            var (started, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            ours = await EverythingResponse.CollectAsync(session.EverythingAsync(request, CallOptions.Bulk, default));
            var (between, middle) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            theirs = plain.Run(PointGrid.Build(Side), request.PredIouThresh, request.StabilityScoreThresh);
            var (ended, after) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            if (i >= 0)
            {
                ratios.Add((after - middle) / (middle - before));
                ownTime += Stopwatch.GetElapsedTime(started, between).TotalMilliseconds / Pairs / Side / Side;
                ownWork += (middle - before).TotalMilliseconds / Pairs / Side / Side;
                plainWork += (after - middle).TotalMilliseconds / Pairs / Side / Side;
                plainTime += Stopwatch.GetElapsedTime(between, ended).TotalMilliseconds / Pairs / Side / Side;
            }
        }

        return Figure.Of(
            ratios, "x", median => median >= 3,
            $"processor {ownWork:0} and {plainWork:0} ms a point, wall {ownTime:0} and {plainTime:0}; {ours.Masks.Count} and {theirs} masks");
    }

    private static Figure Missing(string reason) =>
        new(double.NaN, double.NaN, double.NaN, "x", false, $"not measured: {reason}");

    private static async Task<IImageSessionGrain> UploadAsync(VisionTestServer server)
    {
        using var picture = Image.NewFromFile(ReferenceFiles.Path("sam/images/truck.png"));
        using var large = picture.Resize(Width / (double)picture.Width, vscale: Height / (double)picture.Height);
        var bytes = large.PngsaveBuffer();
        var key = ImageKey.FromDigest(TenantId.Default, SHA256.HashData(bytes));
        var session = server.Services.GetRequiredService<IGrainFactory>().GetGrain<IImageSessionGrain>(key.ToString());
        await session.UploadAsync(new ImageContent(bytes), default);
        return session;
    }
}
