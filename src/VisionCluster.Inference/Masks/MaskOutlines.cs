using VisionCluster.Contracts.Segmentation;

namespace VisionCluster.Inference.Masks;

/// <summary>Masks as polygons, traced along the edges between pixels; costs as much as the outlines are long.</summary>
public static class MaskOutlines
{
    /// <summary>The mask's 4-connected pieces with their holes, by their first column and row.</summary>
    public static IReadOnlyList<MaskPolygon> Trace(MaskResult mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var segments = ColumnSegment.Split(mask.Runs.Span, mask.Height, inside: true);
        var pieces = MaskComponents.Label(segments, diagonal: false);
        var edges = OutlineEdges.Of(segments);
        var exteriors = new SortedDictionary<int, int[]>();
        var holes = new Dictionary<int, List<int[]>>();
        for (var first = 0; first < edges.Count; first++)
        {
            if (edges.TryFollow(first, out var corners))
            {
                var piece = pieces[edges.SegmentOf(first)];
                if (IsExterior(corners))
                {
                    exteriors.Add(piece, corners);
                }
                else
                {
                    if (!holes.TryGetValue(piece, out var own))
                    {
                        holes.Add(piece, own = []);
                    }

                    own.Add(corners);
                }
            }
        }

        return [.. exteriors.Select(pair => new MaskPolygon(
            pair.Value, holes.TryGetValue(pair.Key, out var own) ? [.. own] : []))];
    }

    /// <summary>Outlines keep the mask on their right: around it clockwise, around a hole the other way.</summary>
    private static bool IsExterior(int[] corners)
    {
        long doubleArea = 0;
        for (var i = 0; i < corners.Length; i += 2)
        {
            var next = (i + 2) % corners.Length;
            doubleArea += ((long)corners[i] * corners[next + 1]) - ((long)corners[next] * corners[i + 1]);
        }

        return doubleArea > 0;
    }
}
