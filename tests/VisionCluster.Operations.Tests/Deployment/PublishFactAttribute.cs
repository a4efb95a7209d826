using VisionCluster.TestKit.Processes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>What stands in for a container where none can be made.</summary>
public sealed class PublishFactAttribute : RedisFactAttribute
{
    public PublishFactAttribute()
        : base(ContainerFactAttribute.Missing is null ? "ImageTests does the same in a container here" : null)
    {
    }
}
