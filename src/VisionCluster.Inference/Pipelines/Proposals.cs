using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Masks;
using VisionCluster.Inference.Models.Proposals;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Candidate boxes of a request: the caller's, those of all masks, a region model's, or a detector's.</summary>
internal sealed class Proposals(PipelineServices services, ImageEmbeddings embeddings, EverythingPipeline everything)
{
    /// <summary>Of two proposals that overlap more the weaker is dropped, as RegionCLIP has it.</summary>
    private const float NmsIou = 0.9f;

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
            var features = await embeddings.RegionsAsync(regions.Model, image, call);
            return Best(features.Boxes, features.Objectness, request);
        }

        if (!services.Host.Serves(ModelFamily.Proposals))
        {
            throw new VisionException(
                VisionErrorCode.ModelNotFound, "No model is loaded to propose boxes: give 'boxes' of your own.");
        }

        using var hold = services.Host.Hold<ProposalModel>(ModelFamily.Proposals, request.ProposalModel);
        var found = await embeddings.ProposalsAsync(hold.Model, image, call);
        var kept = BoxNms.Keep(Flat(found.Boxes), found.Objectness, NmsIou);
        return Best(Array.ConvertAll(kept, i => found.Boxes[i]), Array.ConvertAll(kept, i => found.Objectness[i]), request);
    }

    /// <summary>The best by objectness, in their order; exports of a fixed count fill up with boxes of no area.</summary>
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

    private static float[] Flat(PixelBox[] boxes) =>
        [.. boxes.SelectMany(box => (float[])[(float)box.X0, (float)box.Y0, (float)box.X1, (float)box.Y1])];
}
