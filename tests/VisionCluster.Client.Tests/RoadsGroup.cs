namespace VisionCluster.Client.Tests;

/// <summary>Test classes that share one server.</summary>
[CollectionDefinition(Roads.Collection)]
public sealed class RoadsGroup : ICollectionFixture<Roads>;
