using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Devices;

namespace VisionCluster.Grains.Placement;

/// <summary>
/// Chooses a silo for a grain that needs a device among those that have one and take work, by <see cref="TwoChoices"/>
/// on the queues that they published. A silo whose load is not known yet counts as
/// idle; silos that only serve HTTP get none.
/// </summary>
internal sealed class DevicePlacementDirector(
    ISiloMetadataCache metadata, ILocalSiloDetails local, LocalDevices devices, DeviceLoads loads) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var owners = context.GetCompatibleSilos(target).Where(HasDevice).ToArray();
        var willing = Array.FindAll(owners, loads.TakesWork);
        // Where every device is down the grain still gets a place, and its calls the device's own error.
        var candidates = willing.Length > 0 ? willing : owners;
        if (candidates.Length == 0)
        {
            throw new VisionException(VisionErrorCode.ModelUnavailable, "No silo of the cluster has a device.")
            {
                RetryAfter = TimeSpan.FromSeconds(2),
            };
        }

        return Task.FromResult(TwoChoices.Choose(candidates, loads.QueueSecondsOf, loads.Random));
    }

    /// <summary>Metadata arrives a moment after a silo has; of itself every silo knows from the start.</summary>
    private bool HasDevice(SiloAddress silo) => silo.Equals(local.SiloAddress)
        ? devices.All.Count > 0
        : metadata.GetSiloMetadata(silo).Metadata.ContainsKey(SiloRoles.DevicesKey);
}
