namespace VisionCluster.Benchmarks.Scaling.Simulation;

/// <summary>A silo with one device: an encoder and a decoder, side by side.</summary>
internal sealed class SimulatedSilo(SimulatedGraph encoder, SimulatedGraph decoder)
{
    public SimulatedGraph Encoder { get; } = encoder;

    public SimulatedGraph Decoder { get; } = decoder;

    /// <summary>What the others know of its queues: as of its last report.</summary>
    public double PublishedSeconds { get; private set; }

    public bool IsDead => Encoder.IsDead;

    public void Publish() => PublishedSeconds = Encoder.QueueSeconds + Decoder.QueueSeconds;

    public void Die() => Encoder.IsDead = Decoder.IsDead = true;
}
