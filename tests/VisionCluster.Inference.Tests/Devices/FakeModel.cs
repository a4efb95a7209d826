using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models;

namespace VisionCluster.Inference.Tests.Devices;

/// <summary>A model without graphs.</summary>
internal sealed class FakeModel(ModelFolder folder, ModelServices services, Task warmUp) : LoadedModel(folder)
{
    public bool Stopped { get; private set; }

    public ModelServices Services { get; } = services;

    public override int Queued => 0;

    public override double QueueSeconds => 0;

    public override double BusyFraction => 0;

    public override Task WarmUpAsync(CancellationToken cancellationToken) => Manifest.Version == "bad"
        ? throw new InvalidDataException("This version cannot warm up.")
        : warmUp;

    protected override Task StopAsync()
    {
        Stopped = true;
        return Task.CompletedTask;
    }
}
