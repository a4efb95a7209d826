using System.Globalization;
using VisionCluster.Cli.Drawing;
using VisionCluster.Client;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Cli.Demo;

/// <summary>Asks a cluster everything that it can answer about the sample picture.</summary>
internal sealed class DemoTour(IVisionClient client, DemoScene scene, TimeProvider time)
{
    private const string RegionFamily = "regionclip";

    /// <summary>Boxes that are found and that the caller did not give are shown from this score on.</summary>
    private const float FoundThreshold = 0.5f;

    private static readonly PromptTemplates Templates = PromptTemplates.Named("starter");

    /// <summary>A click on the most interior pixel of each object.</summary>
    public Task<List<DemoAnswer>> ClickAsync(IImageSession image, CancellationToken cancellationToken) =>
        EachAsync(async truth =>
        {
            var (x, y) = truth.Mask.MostInterior();
            var prompt = new SegmentPrompt { Points = [new PromptPoint(x + 0.5, y + 0.5)] };
            var answer = await SegmentAsync(image, prompt, truth, $"click on the {truth.Label}", cancellationToken);
            return answer with { Click = (x, y) };
        });

    /// <summary>A box around each object.</summary>
    public Task<List<DemoAnswer>> BoxAsync(IImageSession image, CancellationToken cancellationToken) =>
        EachAsync(async truth =>
        {
            var prompt = new SegmentPrompt { Box = truth.Box };
            var answer = await SegmentAsync(image, prompt, truth, $"box around the {truth.Label}", cancellationToken);
            return answer with { Box = truth.Box };
        });

    /// <summary>The square around each object as a picture of its own: which of all labels is it?</summary>
    public Task<List<DemoAnswer>> ClassifyAsync(CancellationToken cancellationToken) => EachAsync(async truth =>
    {
        var crop = await client.OpenImageAsync(
            SquareCrop.Cut(scene.Picture, truth.Box), cancellationToken: cancellationToken);
        var request = new ClassifyRequest { Labels = scene.Vocabulary, Templates = Templates, TopK = 1 };
        var started = time.GetTimestamp();
        var response = await crop.ClassifyAsync(request, cancellationToken: cancellationToken);
        var best = response.Results[0];
        return new DemoAnswer($"which of {scene.Vocabulary.Count} is the {truth.Label}?", best.Label, best.Score)
        {
            Right = best.Label == truth.Label,
            Timings = response.Timings,
            Total = Since(started),
        };
    });

    /// <summary>
    /// Labelled boxes with masks: found by the labels alone where the cluster has a model that proposes boxes, else
    /// the true boxes in disorder, to be told apart.
    /// </summary>
    public async Task<List<DemoAnswer>> DetectAsync(IImageSession image, CancellationToken cancellationToken)
    {
        var finds = await FindsAsync(cancellationToken);
        var request = new DetectRequest
        {
            Labels = finds ? [.. scene.Objects.Select(truth => truth.Label)] : scene.Vocabulary,
            Boxes = finds ? null : [.. scene.Objects.Reverse().Select(truth => truth.Box)],
            Templates = Templates,
            ScoreThreshold = finds ? FoundThreshold : 0,
            TopK = finds ? 2 * scene.Objects.Count : scene.Objects.Count,
            Masks = true,
        };
        var started = time.GetTimestamp();
        var response = await image.DetectAsync(request, cancellationToken: cancellationToken);
        var total = Since(started);
        var asked = finds ? $"find {request.Labels.Count} labels" : $"name {scene.Objects.Count} boxes";
        return [.. response.Detections.Select((found, i) => Describe(found, i == 0 ? asked : "") with
        {
            Timings = i == 0 ? response.Timings : null,
            Total = total,
        })];
    }

    /// <summary>
    /// All labels as prompts of one call, which are told apart from each other: texts become boxes, and those masks.
    /// Nothing where no model proposes boxes.
    /// </summary>
    public async Task<List<DemoAnswer>> SegmentTextAsync(IImageSession image, CancellationToken cancellationToken)
    {
        if (!await FindsAsync(cancellationToken))
        {
            return [];
        }

        var request = new SegmentRequest
        {
            Prompts = [.. scene.Objects.Select(truth => new SegmentPrompt { Text = truth.Label })],
        };
        var started = time.GetTimestamp();
        var response = await image.SegmentAsync(request, cancellationToken: cancellationToken);
        var total = Since(started);
        return [.. scene.Objects.Select((truth, i) => Describe(response.Results[i], truth, $"mask \"{truth.Label}\"") with
        {
            Timings = i == 0 ? response.Timings : null,
            Total = total,
        })];
    }

    private async Task<bool> FindsAsync(CancellationToken cancellationToken) =>
        (await client.ListModelsAsync(cancellationToken)).Any(model => model.Family == RegionFamily);

    private DemoAnswer Describe(DetectedObject found, string asked)
    {
        var mask = MaskReader.FromAnswer(found.Mask!);
        // The object that the mask covers best is the one that was meant, whatever it was called.
        var truth = scene.Objects.MaxBy(candidate => candidate.Mask.IntersectionOverUnion(mask))!;
        return new DemoAnswer(asked, found.Label, found.Score)
        {
            Colour = truth.Colour,
            Mask = mask,
            Box = found.Box,
            Iou = truth.Mask.IntersectionOverUnion(mask),
            Right = found.Label == truth.Label,
        };
    }

    private async Task<DemoAnswer> SegmentAsync(
        IImageSession image, SegmentPrompt prompt, SceneObject truth, string asked, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var response = await image.SegmentAsync(
            new SegmentRequest { Prompts = [prompt] }, cancellationToken: cancellationToken);
        return Describe(response.Results[0], truth, asked) with { Timings = response.Timings, Total = Since(started) };
    }

    private static DemoAnswer Describe(PromptResult result, SceneObject truth, string asked)
    {
        if (result.Masks.MaxBy(mask => mask.Score) is not { } best)
        {
            return new DemoAnswer(asked, "nothing", 0) { Iou = 0 };
        }

        var bitmap = MaskReader.FromAnswer(best);
        return new DemoAnswer(asked, string.Create(CultureInfo.InvariantCulture, $"mask of {best.Area:N0} px"), best.Score)
        {
            Colour = truth.Colour,
            Mask = bitmap,
            Iou = truth.Mask.IntersectionOverUnion(bitmap),
        };
    }

    // One after the other: the milliseconds of each are its own.
    private async Task<List<DemoAnswer>> EachAsync(Func<SceneObject, Task<DemoAnswer>> ask)
    {
        var answers = new List<DemoAnswer>();
        foreach (var truth in scene.Objects)
        {
            answers.Add(await ask(truth));
        }

        return answers;
    }

    private double Since(long started) => time.GetElapsedTime(started).TotalMilliseconds;
}
