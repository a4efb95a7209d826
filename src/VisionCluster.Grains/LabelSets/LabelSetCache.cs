using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Classification;

namespace VisionCluster.Grains.LabelSets;

/// <summary>This silo's copies of label sets. Each use asks the set's grain whether the copy is still the set.</summary>
internal sealed class LabelSetCache(IGrainFactory grains, IOptions<LabelSetOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LabelSetKey, LinkedListNode<(LabelSetKey Key, LabelSetReading Reading)>> _sets = [];
    private readonly LinkedList<(LabelSetKey Key, LabelSetReading Reading)> _recent = new();

    /// <summary>The set as it is now.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>LabelSetNotFound</c>.</exception>
    public async ValueTask<(string Version, LabelSet Set)> GetAsync(LabelSetKey key, CancellationToken cancellationToken)
    {
        var known = Find(key);
        var reading = await grains.GetGrain<ILabelSetGrain>(key.ToString()).ReadAsync(known?.Version, cancellationToken);
        if (reading.Set is null)
        {
            return (reading.Version, known!.Set!);
        }

        Keep(key, reading);
        return (reading.Version, reading.Set);
    }

    private LabelSetReading? Find(LabelSetKey key)
    {
        lock (_gate)
        {
            if (!_sets.TryGetValue(key, out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Reading;
        }
    }

    private void Keep(LabelSetKey key, LabelSetReading reading)
    {
        lock (_gate)
        {
            if (_sets.Remove(key, out var old))
            {
                _recent.Remove(old);
            }

            _sets.Add(key, _recent.AddFirst((key, reading)));
            if (_sets.Count > options.Value.SetsPerSilo)
            {
                _sets.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }
        }
    }
}
