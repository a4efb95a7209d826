namespace VisionCluster.Grains.Sessions;

/// <summary>The live sessions that are still to be written again since their store was emptied. For one thread at a time.</summary>
internal sealed class RescueList
{
    private string? _epoch;
    private IReadOnlyCollection<GrainId> _left = [];

    /// <summary>Those to write now: none at the first look, all once the store was emptied, then what it refused.</summary>
    /// <param name="epoch">The store's, which changes when it is emptied.</param>
    /// <param name="live">Sessions that live now.</param>
    public IReadOnlyCollection<GrainId> Due(string epoch, IReadOnlyCollection<GrainId> live)
    {
        var emptied = _epoch is not null && _epoch != epoch;
        _epoch = epoch;
        return _left = emptied ? live : [.. _left.Intersect(live)];
    }

    /// <summary>What the store refused for the moment: it is due again.</summary>
    public void Refused(IReadOnlyCollection<GrainId> sessions) => _left = sessions;
}
