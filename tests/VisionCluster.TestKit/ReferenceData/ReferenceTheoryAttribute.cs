using Xunit;

namespace VisionCluster.TestKit.ReferenceData;

/// <summary>A theory that is skipped where the reference data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where it must.</summary>
    public ReferenceTheoryAttribute() => Skip = ReferenceFactAttribute.SkipReason;
}
