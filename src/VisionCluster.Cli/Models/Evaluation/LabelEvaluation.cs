using VisionCluster.Cli.Drawing;
using VisionCluster.Client;
using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Detection;

namespace VisionCluster.Cli.Models.Evaluation;

/// <summary>How often the right label comes first: for the square around an object, and for its box on the feature map.</summary>
internal sealed class LabelEvaluation(IVisionClient client, PromptTemplates templates, bool regions)
{
    private readonly List<bool> _crops = [];
    private readonly List<bool> _regions = [];
    private string _cropModel = "";
    private string _regionModel = "";

    public async Task AddAsync(
        IImageSession image, byte[] picture, EvaluationScene scene, CancellationToken cancellationToken)
    {
        foreach (var truth in scene.Objects)
        {
            var crop = await client.OpenImageAsync(SquareCrop.Cut(picture, truth.Box), cancellationToken: cancellationToken);
            var response = await crop.ClassifyAsync(
                new ClassifyRequest { Labels = scene.Vocabulary, Templates = templates, TopK = 1 },
                cancellationToken: cancellationToken);
            await crop.DeleteAsync(cancellationToken);
            _cropModel = response.Model;
            _crops.Add(response.Results[0].Label == truth.Label);
            if (regions)
            {
                await AddRegionAsync(image, scene, truth, cancellationToken);
            }
        }
    }

    public IEnumerable<Figure> Figures()
    {
        yield return new Figure(_cropModel, "top-1 among the vocabulary, square crop", Share(_crops), _crops.Count);
        if (regions)
        {
            yield return new Figure(_regionModel, "top-1 among the vocabulary, region of the true box", Share(_regions), _regions.Count);
        }
    }

    private static double Share(List<bool> hits) => (double)hits.Count(hit => hit) / hits.Count;

    private async Task AddRegionAsync(
        IImageSession image, EvaluationScene scene, EvaluationObject truth, CancellationToken cancellationToken)
    {
        var request = new DetectRequest
        {
            Labels = scene.Vocabulary,
            Templates = templates,
            Boxes = [truth.Box],
            RegionEncoder = RegionEncoder.Roi,
            ScoreThreshold = 0,
            TopK = 1,
        };
        var response = await image.DetectAsync(request, cancellationToken: cancellationToken);
        _regionModel = response.Model;
        _regions.Add(response.Detections.Count > 0 && response.Detections[0].Label == truth.Label);
    }
}
