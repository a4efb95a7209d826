using VisionCluster.Client;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>Average precision at an IoU of 0.5 of boxes that are found by labels alone, all scenes together.</summary>
internal sealed class DetectionEvaluation(PromptTemplates templates)
{
    private const double LeastIou = 0.5;
    private const int Most = 100;

    private readonly List<(double Score, bool Hit)> _boxes = [];
    private readonly List<(double Score, bool Hit)> _labelled = [];
    private int _objects;
    private string _model = "";

    public async Task AddAsync(IImageSession image, EvaluationScene scene, CancellationToken cancellationToken)
    {
        var request = new DetectRequest
        {
            Labels = scene.Vocabulary,
            Templates = templates,
            ScoreThreshold = 0,
            TopK = DetectRequest.MaxBoxes,
        };
        var response = await image.DetectAsync(request, cancellationToken: cancellationToken);
        _model = response.Model;
        _objects += scene.Objects.Count;
        Match(response.Detections.Take(Most), scene.Objects, found => found.Score, labels: true, _labelled);
        // A box is answered once for each label that fits; without labels it counts once.
        var boxes = response.Detections.DistinctBy(found => found.Box).OrderByDescending(found => found.Objectness).Take(Most);
        Match(boxes, scene.Objects, found => found.Objectness ?? 0, labels: false, _boxes);
    }

    public IEnumerable<Figure> Figures() =>
    [
        new(_model, "AP50 of boxes without labels", AveragePrecision.Of(_boxes, _objects), _objects),
        new(_model, "AP50 over the vocabulary", AveragePrecision.Of(_labelled, _objects), _objects),
    ];

    /// <summary>Best first, each true box is found once, by the first that overlaps it enough.</summary>
    private static void Match(
        IEnumerable<DetectedObject> detections,
        IReadOnlyList<EvaluationObject> truths,
        Func<DetectedObject, double> score,
        bool labels,
        List<(double Score, bool Hit)> found)
    {
        var free = truths.ToList();
        foreach (var detection in detections)
        {
            var best = free.Where(truth => !labels || truth.Label == detection.Label)
                .MaxBy(truth => Overlap(truth.Box, detection.Box));
            var hit = best is not null && Overlap(best.Box, detection.Box) >= LeastIou;
            if (hit)
            {
                free.Remove(best!);
            }

            found.Add((score(detection), hit));
        }
    }

    private static double Overlap(PixelBox one, PixelBox other)
    {
        var shared = new PixelBox(
            Math.Max(one.X0, other.X0), Math.Max(one.Y0, other.Y0), Math.Min(one.X1, other.X1), Math.Min(one.Y1, other.Y1)).Area;
        return shared / (one.Area + other.Area - shared);
    }
}
