using VisionCluster.Grains.Placement;

namespace VisionCluster.Grains.Sessions;

/// <summary>Gives a silo's sessions to others before it leaves, where there are others that take work.</summary>
public sealed class HandOver
{
    private readonly LocalSessions _sessions;
    private readonly DeviceLoads _loads;
    private readonly ILocalSiloDetails _silo;

    internal HandOver(LocalSessions sessions, DeviceLoads loads, ILocalSiloDetails silo) =>
        (_sessions, _loads, _silo) = (sessions, loads, silo);

    /// <summary>Whether another silo takes sessions.</summary>
    public bool IsPossible => _loads.AnotherTakesWork(_silo.SiloAddress);

    /// <summary>Moves them all; does nothing where no other silo takes them.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        IsPossible ? _sessions.HandOverAsync(cancellationToken) : Task.CompletedTask;
}
