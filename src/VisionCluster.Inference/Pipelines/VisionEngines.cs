using Microsoft.Extensions.Options;
using VisionCluster.Inference.AutomaticMasks;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>An engine for each device of the silo.</summary>
public sealed class VisionEngines : IDisposable
{
    private readonly Dictionary<string, VisionEngine> _engines;

    /// <summary>Makes the engines.</summary>
    public VisionEngines(
        DeviceHosts hosts,
        ImageLoader images,
        WorkLimiter limiter,
        IOptions<AutomaticMaskOptions> automaticMasks,
        StageInstruments instruments,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        ArgumentNullException.ThrowIfNull(automaticMasks);
        _engines = hosts.All.ToDictionary(
            host => host.Device.Name,
            host => new VisionEngine(new PipelineServices(host, images, limiter), automaticMasks.Value, time, instruments),
            StringComparer.Ordinal);
    }

    /// <summary>Names of the devices.</summary>
    public IReadOnlyCollection<string> Devices => _engines.Keys;

    /// <summary>The engine of a device.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>DeviceFailed</c>: this silo has none such.</exception>
    public VisionEngine this[string device] => _engines.TryGetValue(device, out var engine)
        ? engine
        : throw new Contracts.Errors.VisionException(
            Contracts.Errors.VisionErrorCode.DeviceFailed, $"This silo has no device '{device}'.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var engine in _engines.Values)
        {
            engine.Dispose();
        }
    }
}
