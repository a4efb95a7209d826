using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests;

/// <summary>Tests that share one server without configuration.</summary>
[CollectionDefinition(Name)]
public sealed class GatewayServer : ICollectionFixture<SharedServer>
{
    public const string Name = "gateway";
}
