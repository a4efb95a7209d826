using System.Runtime.InteropServices;

namespace VisionCluster.Grains.Tenancy;

/// <summary>Who has how many of a number of places, and until when. Not thread-safe.</summary>
internal sealed class PlaceLeases(TimeProvider time)
{
    /// <summary>A lease that is not renewed for so long ends; gateways renew every second.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, (int Places, long At)> _leases = new(StringComparer.Ordinal);

    /// <summary>Puts a holder's lease in place of the one it had.</summary>
    /// <returns>Places it has now: what it uses, and of what it wants beyond as much as others leave.</returns>
    public int Set(string holder, int used, int wanted, int limit)
    {
        var others = 0;
        foreach (var (name, lease) in _leases)
        {
            if (time.GetElapsedTime(lease.At) > Lifetime)
            {
                _leases.Remove(name);
            }
            else if (name != holder)
            {
                others += lease.Places;
            }
        }

        var places = Math.Max(used, Math.Min(wanted, limit - others));
        if (places > 0)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_leases, holder, out _) = (places, time.GetTimestamp());
        }
        else
        {
            _leases.Remove(holder);
        }

        return places;
    }
}
