namespace VisionCluster.Contracts.Errors;

/// <summary>The one exception that crosses grain and process boundaries on purpose.</summary>
[GenerateSerializer]
[Alias("visioncluster.VisionException")]
public sealed class VisionException : Exception
{
    /// <summary>An error with a message fit for the caller's eyes.</summary>
    public VisionException(VisionErrorCode code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>Why the call was refused or failed.</summary>
    [Id(0)]
    public VisionErrorCode Code { get; private set; }

    /// <summary>How long to wait before the same call may succeed, where that is known.</summary>
    [Id(1)]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Every violation of an <see cref="VisionErrorCode.InvalidRequest"/>; empty otherwise.</summary>
    [Id(2)]
    public IReadOnlyList<string> Violations { get; init; } = [];

    /// <summary>Refuses a request that breaks its contract; does nothing where no violation was found.</summary>
    /// <exception cref="VisionException"><see cref="VisionErrorCode.InvalidRequest"/> that lists them all.</exception>
    public static void ThrowIfAny(IReadOnlyList<string> violations)
    {
        ArgumentNullException.ThrowIfNull(violations);
        if (violations.Count > 0)
        {
            throw Invalid(violations);
        }
    }

    /// <summary>An <see cref="VisionErrorCode.InvalidRequest"/> that lists all violations at once.</summary>
    public static VisionException Invalid(params IReadOnlyList<string> violations) =>
        new(VisionErrorCode.InvalidRequest, string.Join(" ", violations)) { Violations = violations };
}
