using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Grains.Placement;
using VisionCluster.Grains.Sessions;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Pipelines;

namespace VisionCluster.Grains.ModelHosts;

/// <summary>The model hosts of this silo.</summary>
internal sealed class LocalHosts(
    ILocalSiloDetails silo, IGrainFactory grains, DeviceHosts devices, VisionEngines engines, LocalSessions sessions, DeviceLoads loads)
{
    /// <summary>Name of a device in the cluster.</summary>
    public string KeyOf(string device) => new ModelHostKey(silo.SiloAddress.ToParsableString(), device).ToString();

    public IModelHostGrain this[string device] => grains.GetGrain<IModelHostGrain>(KeyOf(device));

    /// <summary>The device with the shortest queue.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: this silo has none.</exception>
    public string LeastLoaded() => devices.All.Count == 1
        ? devices.All.First().Device.Name
        : devices.All.Select(host => host.Status(host.Device.Name)).OrderBy(status => status.State == DeviceState.Ready ? 0 : 1)
            .ThenBy(status => status.QueueSeconds).ThenBy(status => status.EmbeddingBytes).FirstOrDefault()?.Host
            ?? throw new VisionException(VisionErrorCode.ModelUnavailable, "This silo has no device.");

    /// <summary>The device with the shortest queue that serves a model: one of this silo, else of the cluster, else any to say why not.</summary>
    public IModelHostGrain Serving(string model)
    {
        var best = Best(Status(), model) ?? Best(loads.All, model);
        return best is null ? this[LeastLoaded()] : grains.GetGrain<IModelHostGrain>(best.Host);
    }

    /// <summary>Which embeddings of an image any device of this silo has at hand.</summary>
    public EmbeddingKind KindsReady(ImageKey image)
    {
        var kinds = EmbeddingKind.None;
        var working = engines.Devices.Select(device => engines[device]).Where(engine => engine.Host.State != DeviceState.Quarantined);
        foreach (var states in working.Select(engine => engine.StatesOf(image)))
        {
            kinds |= states.Sam == EmbeddingState.Ready ? EmbeddingKind.Sam : EmbeddingKind.None;
            kinds |= states.Clip == EmbeddingState.Ready ? EmbeddingKind.Clip : EmbeddingKind.None;
        }

        return kinds;
    }

    /// <summary>What every device of this silo holds and how busy it is.</summary>
    public DeviceStatus[] Status() => 
        [.. devices.All.Select(host => host.Status(KeyOf(host.Device.Name)) with { Sessions = sessions.Count })];

    private static DeviceStatus? Best(IEnumerable<DeviceStatus> hosts, string model) => hosts
        .Where(host => host.Models.Any(loaded => loaded.Name == model))
        .OrderBy(host => host.State == DeviceState.Ready ? 0 : 1).ThenBy(host => host.QueueSeconds).FirstOrDefault();
}
