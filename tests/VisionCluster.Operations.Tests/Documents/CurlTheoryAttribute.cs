using VisionCluster.Operations.Tests.Deployment;

namespace VisionCluster.Operations.Tests.Documents;

/// <summary>A test that needs curl.</summary>
internal sealed class CurlTheoryAttribute : TheoryAttribute
{
    public CurlTheoryAttribute() => Skip = Command.Exists("curl") ? null : "curl is not installed";
}
