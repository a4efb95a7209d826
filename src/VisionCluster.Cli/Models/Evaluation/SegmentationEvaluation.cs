using VisionCluster.Cli.Drawing;
using VisionCluster.Client;
using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>Mean IoU of masks for one click, for a box, and after corrections.</summary>
internal sealed class SegmentationEvaluation
{
    private const int Corrections = 2;

    private readonly List<double> _clickTop = [];
    private readonly List<double> _clickBest = [];
    private readonly List<double> _corrected = [];
    private readonly List<double> _boxTop = [];
    private readonly List<double> _boxBest = [];
    private string _model = "";

    /// <summary>Asks for all objects of a scene; each question is one batch.</summary>
    public async Task AddAsync(IImageSession image, EvaluationScene scene, CancellationToken cancellationToken)
    {
        MaskBitmap[] truths = [.. scene.Objects.Select(found => MaskReader.Decode(found.Segmentation))];
        SegmentPrompt[] prompts = [.. scene.Objects.Select(found => new SegmentPrompt
        {
            Points = [new PromptPoint(found.Point[0], found.Point[1])],
        })];
        var masks = await AskAsync(image, prompts, cancellationToken);
        Keep(masks, truths, _clickTop, _clickBest);
        for (var click = 0; click < Corrections; click++)
        {
            prompts = [.. prompts.Select((prompt, i) => Correct(prompt, truths[i], masks[i]))];
            masks = await AskAsync(image, prompts, cancellationToken);
        }

        Keep(masks, truths, _corrected, []);
        masks = await AskAsync(
            image, [.. scene.Objects.Select(found => new SegmentPrompt { Box = found.Box })], cancellationToken);
        Keep(masks, truths, _boxTop, _boxBest);
    }

    public IEnumerable<Figure> Figures() =>
    [
        Mean("one click, mIoU of the mask scored best", _clickTop),
        Mean("one click, mIoU of the best of three", _clickBest),
        Mean("three clicks, mIoU of the mask scored best", _corrected),
        Mean("box, mIoU of the mask scored best", _boxTop),
        Mean("box, mIoU of the best of three", _boxBest),
    ];

    /// <summary>A click on the most interior pixel of the larger kind of error, and the mask to start from.</summary>
    private static SegmentPrompt Correct(SegmentPrompt prompt, MaskBitmap truth, IReadOnlyList<SegmentedMask> masks)
    {
        var best = masks.MaxBy(mask => mask.Score)!;
        var guess = MaskReader.FromAnswer(best);
        var (missing, extra) = (truth.Without(guess), guess.Without(truth));
        var positive = missing.Area >= extra.Area;
        var wrong = positive ? missing : extra;
        var (x, y) = wrong.MostInterior();
        return prompt with
        {
            Points = wrong.Area == 0 ? prompt.Points : [.. prompt.Points, new PromptPoint(x + 0.5, y + 0.5, positive ? 1 : 0)],
            MaskId = best.MaskId,
        };
    }

    private static void Keep(
        IReadOnlyList<SegmentedMask>[] masks, MaskBitmap[] truths, List<double> top, List<double> best)
    {
        for (var i = 0; i < truths.Length; i++)
        {
            var overlaps = masks[i].Select(mask => truths[i].IntersectionOverUnion(MaskReader.FromAnswer(mask))).ToArray();
            var scores = masks[i].Select(mask => mask.Score).ToArray();
            top.Add(overlaps[Array.IndexOf(scores, scores.Max())]);
            best.Add(overlaps.Max());
        }
    }

    private async Task<IReadOnlyList<SegmentedMask>[]> AskAsync(
        IImageSession image, SegmentPrompt[] prompts, CancellationToken cancellationToken)
    {
        var response = await image.SegmentAsync(
            new SegmentRequest { Prompts = prompts }, cancellationToken: cancellationToken);
        _model = response.Model;
        return [.. response.Results.Select(result => result.Masks)];
    }

    private Figure Mean(string name, List<double> values) => new(_model, name, values.Average(), values.Count);
}
