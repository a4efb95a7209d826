namespace VisionCluster.Inference.Masks;

/// <summary>The edges between a mask and what is around it, each in the direction that has the mask on its right.</summary>
internal sealed class OutlineEdges
{
    private const int Right = 0;
    private const int Down = 1;
    private const int Left = 2;
    private const int Up = 3;

    private readonly List<Edge> _edges = [];
    private readonly Dictionary<(int X, int Y), (int First, int Second)> _starts = [];
    private readonly HashSet<int> _followed = [];

    private OutlineEdges()
    {
    }

    public int Count => _edges.Count;

    /// <summary>All edges of a mask.</summary>
    /// <param name="segments">By column, then from the top.</param>
    public static OutlineEdges Of(ReadOnlySpan<ColumnSegment> segments)
    {
        var edges = new OutlineEdges();
        for (var i = 0; i < segments.Length; i++)
        {
            var (x, top, end) = segments[i];
            edges.Add(new Edge(x, top, x + 1, top, Right, i));
            edges.Add(new Edge(x + 1, end, x, end, Left, i));
        }

        var before = 0..0;
        for (var i = 0; i < segments.Length;)
        {
            var x = segments[i].X;
            var own = i..EndOfColumn(segments, i);
            var neighbours = before.End.Value > 0 && segments[before.Start.Value].X == x - 1;
            if (!neighbours)
            {
                edges.AddUncovered(segments, before, 0..0, Down);
            }

            edges.AddUncovered(segments, neighbours ? before : 0..0, own, Down);
            edges.AddUncovered(segments, own, neighbours ? before : 0..0, Up);
            (before, i) = (own, own.End.Value);
        }

        edges.AddUncovered(segments, before, 0..0, Down);
        return edges;
    }

    /// <summary>The segment that an edge belongs to.</summary>
    public int SegmentOf(int edge) => _edges[edge].Segment;

    /// <summary>The closed outline that an edge is part of; false where it was followed before.</summary>
    /// <param name="first">The edge.</param>
    /// <param name="corners">x and y of each corner.</param>
    public bool TryFollow(int first, out int[] corners)
    {
        corners = [];
        if (!_followed.Add(first))
        {
            return false;
        }

        var found = new List<int>();
        for (var current = first; ;)
        {
            var edge = _edges[current];
            var next = Next(edge);
            if (_edges[next].Direction != edge.Direction)
            {
                found.AddRange([edge.ToX, edge.ToY]);
            }

            if (next == first)
            {
                corners = [.. found];
                return true;
            }

            _followed.Add(next);
            current = next;
        }
    }

    private static int EndOfColumn(ReadOnlySpan<ColumnSegment> segments, int i)
    {
        var x = segments[i].X;
        while (i < segments.Length && segments[i].X == x)
        {
            i++;
        }

        return i;
    }

    /// <summary>Adds the upright edges where one column has the mask and the column beside it has not.</summary>
    private void AddUncovered(ReadOnlySpan<ColumnSegment> segments, Range column, Range beside, int direction)
    {
        var (j, end) = (beside.Start.Value, beside.End.Value);
        for (var i = column.Start.Value; i < column.End.Value; i++)
        {
            var own = segments[i];
            var x = direction == Down ? own.X + 1 : own.X;
            var y = own.Top;
            while (j < end && segments[j].End <= y)
            {
                j++;
            }

            for (var k = j; k < end && segments[k].Top < own.End; k++)
            {
                AddUpright(x, y, segments[k].Top, direction, i);
                y = segments[k].End;
            }

            AddUpright(x, y, own.End, direction, i);
        }
    }

    private void AddUpright(int x, int top, int end, int direction, int segment)
    {
        if (top < end)
        {
            Add(direction == Down ? new Edge(x, top, x, end, Down, segment) : new Edge(x, end, x, top, Up, segment));
        }
    }

    private void Add(Edge edge)
    {
        var index = _edges.Count;
        _edges.Add(edge);
        // Two outlines meet where pixels touch at a corner only: two edges start there.
        _starts[(edge.X, edge.Y)] = _starts.TryGetValue((edge.X, edge.Y), out var other) ? (other.First, index) : (index, -1);
    }

    private int Next(Edge edge)
    {
        var (first, second) = _starts[(edge.ToX, edge.ToY)];
        // The right turn stays at the same pixel, which keeps pieces that touch at a corner apart.
        return second >= 0 && _edges[second].Direction == ((edge.Direction + 1) & 3) ? second : first;
    }

    private readonly record struct Edge(int X, int Y, int ToX, int ToY, int Direction, int Segment);
}
