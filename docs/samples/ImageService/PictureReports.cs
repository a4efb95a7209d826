using Microsoft.Extensions.Hosting;
using VisionCluster.Client;
using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;

namespace ImageService;

/// <summary>Says of each picture what it shows, where, and how many masks it has; then ends the program.</summary>
internal sealed class PictureReports(
    IVisionClient vision, Pictures pictures, TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    private const int Attempts = 4;

    private static readonly string[] Labels = ["dog face", "pizza", "guitar"];
    private static readonly CallOptions Soon = new() { Lane = RequestLane.Online, Timeout = TimeSpan.FromSeconds(30) };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var path in pictures.Paths)
            {
                await ReportAsync(path, stoppingToken);
            }
        }
        catch (Exception error) when (error is VisionException or IOException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            Environment.ExitCode = 1;
        }
        finally
        {
            lifetime.StopApplication();
        }
    }

    private async Task ReportAsync(string path, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        // The same bytes are the same session, so an upload may be made again.
        var image = await RetryAsync(() => vision.OpenImageAsync(bytes, EmbeddingKind.Sam, cancellationToken), cancellationToken);
        var size = image.Description!;
        Console.WriteLine($"{Path.GetFileName(path)} {size.Width}x{size.Height} {image.Id}");

        var labels = await RetryAsync(
            () => image.ClassifyAsync(new ClassifyRequest { Labels = Labels }, Soon, cancellationToken), cancellationToken);
        Console.WriteLine($"  shows {labels.Results[0].Label} ({labels.Results[0].Score:0.00})");

        var found = await RetryAsync(
            () => image.DetectAsync(new DetectRequest { Labels = Labels, ScoreThreshold = 0.3f, TopK = 3 }, Soon, cancellationToken),
            cancellationToken);
        foreach (var one in found.Detections)
        {
            var masks = await RetryAsync(() => OutlineAsync(image, one.Box, cancellationToken), cancellationToken);
            Console.WriteLine($"  {one.Label} ({one.Score:0.00}), {masks.Area} pixels, {masks.Polygons!.Count} outlines");
        }

        var grid = new EverythingRequest { PointsPerSide = 4, PredIouThresh = 0.6f, StabilityScoreThresh = 0.7f };
        var count = 0;
        await foreach (var update in image.EverythingAsync(grid, cancellationToken: cancellationToken))
        {
            count = update.Done?.Masks.Count ?? count;
        }

        Console.WriteLine($"  {count} masks in all");
        await image.DeleteAsync(cancellationToken);
    }

    private static async Task<SegmentedMask> OutlineAsync(IImageSession image, PixelBox box, CancellationToken cancellationToken)
    {
        var answer = await image.SegmentAsync(
            new SegmentRequest
            {
                Prompts = [new SegmentPrompt { Box = box }], Multimask = false, Output = new MaskOutput { Format = MaskFormat.Polygon },
            },
            Soon,
            cancellationToken);
        return answer.Results[0].Masks[0];
    }

    /// <summary>Makes a call again where the cluster says when to; only for calls that change nothing when made twice.</summary>
    private async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (VisionException error) when (error.RetryAfter is not null && attempt < Attempts)
            {
                await Task.Delay(error.RetryAfter.Value, time, cancellationToken);
            }
        }
    }
}
