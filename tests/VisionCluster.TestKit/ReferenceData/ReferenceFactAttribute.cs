using Xunit;

namespace VisionCluster.TestKit.ReferenceData;

/// <summary>A test that is skipped where the reference data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReferenceFactAttribute : FactAttribute
{
    /// <summary>Skips where it must.</summary>
    public ReferenceFactAttribute() => Skip = SkipReason;

    /// <summary>Why such a test cannot run here; null where it can.</summary>
    internal static string? SkipReason => ReferenceFiles.Root is null
        ? "There is no folder shared/golden, and VISIONCLUSTER_GOLDEN names none." : null;
}
