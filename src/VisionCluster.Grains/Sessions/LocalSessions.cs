using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace VisionCluster.Grains.Sessions;

/// <summary>The sessions that are active on this silo, so that they can be handed over when it leaves.</summary>
public sealed class LocalSessions(ILogger<LocalSessions> logger)
{
    private readonly ConcurrentDictionary<GrainId, IGrainContext> _active = new();

    /// <summary>How many there are.</summary>
    public int Count => _active.Count;

    internal IReadOnlyCollection<GrainId> Ids => [.. _active.Keys];

    /// <summary>
    /// Moves every session to another silo. A session answers what it has taken, then goes with its state; the new owner
    /// computes the embeddings that were at hand here.
    /// </summary>
    public async Task HandOverAsync(CancellationToken cancellationToken)
    {
        var moving = _active.Values.ToArray();
        foreach (var session in moving)
        {
            session.Migrate(null, cancellationToken);
        }

        await Task.WhenAll(moving.Select(session => session.Deactivated)).WaitAsync(cancellationToken);
        logger.HandedOver(moving.Length);
    }

    internal void Add(IGrainContext session) => _active[session.GrainId] = session;

    internal void Remove(IGrainContext session) => _active.TryRemove(KeyValuePair.Create(session.GrainId, session));
}
