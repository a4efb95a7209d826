namespace VisionCluster.Inference.Tests;

/// <summary>Tests of the process's own memory, beside which no other runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Undisturbed
{
    public const string Name = "undisturbed";
}
