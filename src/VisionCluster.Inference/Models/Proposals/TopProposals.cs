using VisionCluster.Contracts.Detection;
using VisionCluster.Inference.Masks;

namespace VisionCluster.Inference.Models.Proposals;

/// <summary>
/// The best boxes of those that a detector proposes, as detectron2's find_top_rpn_proposals chooses them, which
/// RegionCLIP uses: the strongest, cut at the picture's edges, without those that have no area or a better neighbour.
/// </summary>
internal static class TopProposals
{
    /// <summary>Of two proposals that overlap more the weaker is dropped, as RegionCLIP has it.</summary>
    public const float UsualNmsIou = 0.9f;

    /// <summary>As many of the strongest are looked at.</summary>
    public const int UsualCandidates = 6000;

    /// <summary>Indices of the chosen boxes by falling objectness, and those boxes cut at the edges.</summary>
    /// <param name="boxes">In pixels of the picture.</param>
    /// <param name="objectness">A logit for each.</param>
    /// <param name="size">Width and height of the picture.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="nmsIou">Overlap above which the weaker of two falls.</param>
    /// <param name="candidates">How many of the strongest are looked at.</param>
    public static (int Index, PixelBox Box)[] Choose(
        IReadOnlyList<PixelBox> boxes, IReadOnlyList<float> objectness, (double Width, double Height) size, int count,
        float nmsIou = UsualNmsIou, int candidates = UsualCandidates)
    {
        (int Index, PixelBox Box)[] strongest =
        [
            .. Enumerable.Range(0, boxes.Count).Where(i => float.IsFinite(objectness[i])).OrderByDescending(i => objectness[i])
                .Take(candidates).Select(i => (i, Cut(boxes[i], size))).Where(candidate => candidate.Item2.Area > 0),
        ];
        var flat = new float[4 * strongest.Length];
        for (var i = 0; i < strongest.Length; i++)
        {
            var box = strongest[i].Box;
            (flat[4 * i], flat[(4 * i) + 1], flat[(4 * i) + 2], flat[(4 * i) + 3]) =
                ((float)box.X0, (float)box.Y0, (float)box.X1, (float)box.Y1);
        }

        var kept = new List<int>(Math.Min(count, strongest.Length));
        for (var i = 0; i < strongest.Length && kept.Count < count; i++)
        {
            if (!kept.Exists(better => BoxIou.Of(flat.AsSpan(4 * better, 4), flat.AsSpan(4 * i, 4)) > nmsIou))
            {
                kept.Add(i);
            }
        }

        return [.. kept.Select(i => strongest[i])];
    }

    private static PixelBox Cut(PixelBox box, (double Width, double Height) size) => new(
        Math.Clamp(box.X0, 0, size.Width), Math.Clamp(box.Y0, 0, size.Height),
        Math.Clamp(box.X1, 0, size.Width), Math.Clamp(box.Y1, 0, size.Height));
}
