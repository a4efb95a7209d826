using VisionCluster.Client;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Cli.Bench;

/// <summary>Does a scenario's requests on the images that it was given.</summary>
/// <param name="client">The cluster.</param>
/// <param name="plan">Which scenario.</param>
/// <param name="images">Files' contents.</param>
/// <param name="recorder">Takes the figures.</param>
/// <param name="time">Clock.</param>
internal sealed class BenchTarget(
    IVisionClient client, BenchPlan plan, IReadOnlyList<byte[]> images, BenchRecorder recorder, TimeProvider time)
{
    private const int ClicksOfASession = 5;

    private static readonly string[] Labels =
        ["dog", "cat", "car", "tree", "pizza", "guitar", "rocket", "house", "fish", "book"];

    private readonly List<IImageSession> _sessions = [];
    private readonly Random _random = new(plan.Seed);
    private long _sessionsOpened;

    /// <summary>Opens the images and has their embeddings computed, where the scenario is about warm ones.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (plan.Scenario == BenchScenario.ClickSession)
        {
            return;
        }

        foreach (var image in images)
        {
            var kind = plan.Scenario == BenchScenario.Click ? EmbeddingKind.Sam : EmbeddingKind.Clip;
            _sessions.Add(await client.OpenImageAsync(image, kind, cancellationToken));
        }
    }

    /// <summary>One request, or one session of several.</summary>
    public Task RequestAsync(int caller, long due, CancellationToken cancellationToken) => plan.Scenario switch
    {
        BenchScenario.Click => recorder.MeasureAsync("click", due, () => ClickAsync(SessionOf(caller), cancellationToken)),
        BenchScenario.Classify => recorder.MeasureAsync("classify", due, async () => (await SessionOf(caller).ClassifyAsync(
            new ClassifyRequest { Labels = Labels }, cancellationToken: cancellationToken)).Timings),
        BenchScenario.Detect => recorder.MeasureAsync("detect", due, async () => (await SessionOf(caller).DetectAsync(
            new DetectRequest { Labels = Labels }, cancellationToken: cancellationToken)).Timings),
        _ => SessionAsync(caller, due, cancellationToken),
    };

    private IImageSession SessionOf(int caller) => _sessions[caller % _sessions.Count];

    private async Task SessionAsync(int caller, long due, CancellationToken cancellationToken)
    {
        // Bytes behind a picture's end make it one that nobody has opened; decoders skip them.
        byte[] picture = [.. images[caller % images.Count], .. BitConverter.GetBytes(plan.Seed), .. BitConverter.GetBytes(Interlocked.Increment(ref _sessionsOpened))];
        IImageSession? session = null;
        var opened = await recorder.MeasureAsync("open", due, async () =>
        {
            session = await client.OpenImageAsync(picture, EmbeddingKind.Sam, cancellationToken);
            return StageTimings.Zero;
        });
        if (!opened)
        {
            return;
        }

        for (var click = 0; click < ClicksOfASession; click++)
        {
            await recorder.MeasureAsync("click", time.GetTimestamp(), () => ClickAsync(session!, cancellationToken));
        }

        await recorder.MeasureAsync("delete", time.GetTimestamp(), async () =>
        {
            await session!.DeleteAsync(cancellationToken);
            return StageTimings.Zero;
        });
    }

    private async Task<StageTimings> ClickAsync(IImageSession session, CancellationToken cancellationToken)
    {
        var size = session.Description!;
        PromptPoint point;
        lock (_random)
        {
            point = new PromptPoint(_random.NextDouble() * (size.Width - 1), _random.NextDouble() * (size.Height - 1));
        }

        var response = await session.SegmentAsync(
            new SegmentRequest { Prompts = [new SegmentPrompt { Points = [point] }] }, CallOptions.Interactive, cancellationToken);
        return response.Timings;
    }
}
