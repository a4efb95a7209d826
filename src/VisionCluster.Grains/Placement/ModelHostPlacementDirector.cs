using Orleans.Runtime.Placement;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;

namespace VisionCluster.Grains.Placement;

/// <summary>Finds the silo that owns a device; there is no other place for its host.</summary>
internal sealed class ModelHostPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = ModelHostKey.FromGrainKey(target.GrainIdentity.Key.ToString()!);
        var owner = Array.Find(context.GetCompatibleSilos(target), silo => silo.ToParsableString() == key.Silo);
        return owner is not null
            ? Task.FromResult(owner)
            : throw new VisionException(VisionErrorCode.DeviceFailed, "The silo of this device has left the cluster.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
    }
}
