using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Proposals;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Candidate boxes of a request: the caller's, those of all masks, a region model's, or a detector's.</summary>
internal sealed class Proposals(PipelineServices services, ImageEmbeddings embeddings, EverythingPipeline everything)
{
    /// <exception cref="VisionException"><c>ModelNotFound</c>: nothing is loaded that proposes boxes.</exception>
    public async Task<(IReadOnlyList<PixelBox> Boxes, IReadOnlyList<float>? Objectness)> FindAsync(
        ImageReference image, DetectRequest request, InferenceCall call)
    {
        if (request.Boxes is { Count: > 0 } given)
        {
            return (given, null);
        }

        if (request.Proposals == ProposalSource.Everything)
        {
            var masks = await embeddings.MaskBoxesAsync(everything, image, request.PointsPerSide, call);
            return Best(masks.Boxes, masks.Objectness, request);
        }

        if (request.ProposalModel is null && services.Host.Serves(ModelFamily.RegionClip))
        {
            var name = RegionEmbedding.Choose(request.RegionEncoder, services) == RegionEncoder.Roi ? request.Model : null;
            using var regions = services.Host.Hold<RegionModel>(ModelFamily.RegionClip, name);
            using var features = await embeddings.RegionsAsync(regions.Model, image, call);
            return Choose(features.Embedding.Boxes, features.Embedding.Objectness, image, request);
        }

        if (!services.Host.Serves(ModelFamily.Proposals))
        {
            throw new VisionException(
                VisionErrorCode.ModelNotFound, "No model is loaded to propose boxes: give 'boxes' of your own.");
        }

        using var hold = services.Host.Hold<ProposalModel>(ModelFamily.Proposals, request.ProposalModel);
        var found = await embeddings.ProposalsAsync(hold.Model, image, call);
        return Choose(found.Boxes, found.Objectness, image, request);
    }

    private static (IReadOnlyList<PixelBox> Boxes, IReadOnlyList<float>? Objectness) Choose(
        PixelBox[] boxes, float[] objectness, ImageReference image, DetectRequest request)
    {
        var chosen = TopProposals.Choose(boxes, objectness, (image.Width, image.Height), request.MaxProposals);
        return (Array.ConvertAll(chosen, kept => kept.Box), Array.ConvertAll(chosen, kept => objectness[kept.Index]));
    }

    /// <summary>The best by objectness, in their order.</summary>
    private static (IReadOnlyList<PixelBox> Boxes, IReadOnlyList<float>? Objectness) Best(
        PixelBox[] boxes, float[] objectness, DetectRequest request)
    {
        int[] best =
        [
            .. Enumerable.Range(0, boxes.Length).Where(i => boxes[i].Area > 0).OrderByDescending(i => objectness[i])
                .Take(request.MaxProposals).Order(),
        ];
        return (Array.ConvertAll(best, i => boxes[i]), Array.ConvertAll(best, i => objectness[i]));
    }
}
