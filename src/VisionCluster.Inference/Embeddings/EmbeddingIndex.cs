using System.Buffers;
using System.Numerics.Tensors;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Inference.Embeddings;

/// <summary>
/// The searchable embeddings that a device holds, by tenant and model. A search is exact: it compares with every one,
/// on all cores. Thread-safe; a search never holds up a change.
/// </summary>
public sealed class EmbeddingIndex
{
    /// <summary>Fewer rows than this are not worth a second thread.</summary>
    private const int RowsPerThread = 8192;

    private readonly Lock _gate = new();
    private readonly Dictionary<(TenantId Tenant, string Model), Shelf> _shelves = [];

    /// <summary>Adds an embedding, or replaces what the key has.</summary>
    public void Add(EmbeddingKey key, float[] vector)
    {
        lock (_gate)
        {
            var name = (key.Image.Tenant, key.Model);
            if (!_shelves.TryGetValue(name, out var shelf))
            {
                _shelves.Add(name, shelf = new Shelf());
            }

            shelf.Put(key.Image.ImageId, vector);
        }
    }

    /// <summary>Takes an embedding out; nothing where there is none.</summary>
    public void Remove(EmbeddingKey key)
    {
        lock (_gate)
        {
            var name = (key.Image.Tenant, key.Model);
            if (_shelves.TryGetValue(name, out var shelf) && shelf.Remove(key.Image.ImageId) && shelf.Ids.Count == 0)
            {
                _shelves.Remove(name);
            }
        }
    }

    /// <summary>The images of a tenant that are nearest to a query, best first; equal scores by id.</summary>
    /// <param name="tenant">Whose images.</param>
    /// <param name="model">Name and version of the model.</param>
    /// <param name="query">Of length 1.</param>
    /// <param name="topK">How many.</param>
    /// <returns>Them, and how many were compared.</returns>
    public (FoundImage[] Found, int Compared) Search(TenantId tenant, string model, ReadOnlyMemory<float> query, int topK)
    {
        string[] ids;
        float[][] rows;
        int count;
        lock (_gate)
        {
            if (!_shelves.TryGetValue((tenant, model), out var shelf))
            {
                return ([], 0);
            }

            count = shelf.Ids.Count;
            (ids, rows) = (ArrayPool<string>.Shared.Rent(count), ArrayPool<float[]>.Shared.Rent(count));
            shelf.Ids.CopyTo(ids);
            shelf.Rows.CopyTo(rows);
        }

        try
        {
            return (Nearest(ids, rows, count, query, topK), count);
        }
        finally
        {
            ArrayPool<string>.Shared.Return(ids, clearArray: true);
            ArrayPool<float[]>.Shared.Return(rows, clearArray: true);
        }
    }

    private static FoundImage[] Nearest(string[] ids, float[][] rows, int count, ReadOnlyMemory<float> query, int topK)
    {
        var parts = Math.Clamp(count / RowsPerThread, 1, Environment.ProcessorCount);
        var best = new NearestRows[parts];
        Parallel.For(0, parts, part =>
        {
            var (first, last) = ((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts));
            var nearest = new NearestRows(topK);
            var wanted = query.Span;
            for (var row = first; row < last; row++)
            {
                nearest.Offer(row, TensorPrimitives.Dot(wanted, rows[row]));
            }

            best[part] = nearest;
        });
        return
        [
            .. best.SelectMany(static nearest => nearest.Rows).Select(row => new FoundImage(ids[row.Row], row.Score))
                .OrderByDescending(static found => found.Score).ThenBy(static found => found.ImageId, StringComparer.Ordinal).Take(topK),
        ];
    }

    /// <summary>The embeddings of one tenant by one model, close together; a hole is filled by the last.</summary>
    private sealed class Shelf
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

        public List<string> Ids { get; } = [];

        public List<float[]> Rows { get; } = [];

        public void Put(string id, float[] row)
        {
            if (_places.TryGetValue(id, out var place))
            {
                Rows[place] = row;
                return;
            }

            _places.Add(id, Ids.Count);
            Ids.Add(id);
            Rows.Add(row);
        }

        public bool Remove(string id)
        {
            if (!_places.Remove(id, out var place))
            {
                return false;
            }

            var last = Ids.Count - 1;
            if (place != last)
            {
                (Ids[place], Rows[place]) = (Ids[last], Rows[last]);
                _places[Ids[place]] = place;
            }

            Ids.RemoveAt(last);
            Rows.RemoveAt(last);
            return true;
        }
    }
}
