using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Classification;
using VisionCluster.Inference.Caching;

namespace VisionCluster.Grains.LabelSets;

/// <summary>This silo's copies of label sets. Each use asks the set's grain whether the copy is still the set.</summary>
internal sealed class LabelSetCache(IGrainFactory grains, IOptions<LabelSetOptions> options)
{
    private readonly LruCache<LabelSetKey, LabelSetReading> _sets = new(() => options.Value.SetsPerSilo, static _ => 1);

    /// <summary>The set as it is now.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>LabelSetNotFound</c>.</exception>
    public async ValueTask<(string Version, LabelSet Set)> GetAsync(LabelSetKey key, CancellationToken cancellationToken)
    {
        var known = _sets.Find(key);
        var reading = await grains.GetGrain<ILabelSetGrain>(key.ToString()).ReadAsync(known?.Version, cancellationToken);
        if (reading.Set is null)
        {
            return (reading.Version, known!.Set!);
        }

        _sets.Put(key, reading);
        return (reading.Version, reading.Set);
    }
}
