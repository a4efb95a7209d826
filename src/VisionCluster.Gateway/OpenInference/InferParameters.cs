using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Gateway.OpenInference;

/// <summary>What a request's <c>parameters</c> say under the names that Triton gave them.</summary>
internal static class InferParameters
{
    public const string BinaryDataSize = "binary_data_size";
    public const string BinaryData = "binary_data";
    public const string BinaryDataOutput = "binary_data_output";

    private const string Priority = "priority";
    private const string Timeout = "timeout";
    private const int MaxPriority = 16;

    /// <summary>Extensions of the protocol that are not served: a caller that relies on one is told.</summary>
    private static readonly string[] Refused =
        ["classification", "shared_memory_region", "sequence_id", "sequence_start", "sequence_end"];

    /// <summary>Puts <c>priority</c> (1 is first, 0 the model's default) and <c>timeout</c> (microseconds) in place.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>.</exception>
    public static CallOptions Apply(CallOptions options, IReadOnlyDictionary<string, object?> parameters)
    {
        Refuse(parameters);
        if (parameters.TryGetValue(Priority, out var priority))
        {
            options = options with { Priority = (int)Whole(priority, Priority, 0, MaxPriority) };
        }

        if (parameters.TryGetValue(Timeout, out var timeout))
        {
            var asked = TimeSpan.FromMicroseconds(Whole(timeout, Timeout, 1, (long)TimeSpan.FromDays(1).TotalMicroseconds));
            options = options with { Timeout = options.Timeout is { } limit && limit < asked ? limit : asked };
        }

        return options;
    }

    /// <exception cref="VisionException"><c>InvalidRequest</c>: it names an extension that is not served.</exception>
    public static void Refuse(IReadOnlyDictionary<string, object?> parameters)
    {
        if (Array.Find(Refused, parameters.ContainsKey) is { } name)
        {
            throw VisionException.Invalid($"The parameter '{name}' belongs to an extension that this server does not have.");
        }
    }

    /// <summary>A parameter that is true or false; null where it is not given.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>.</exception>
    public static bool? Flag(IReadOnlyDictionary<string, object?> parameters, string name) =>
        !parameters.TryGetValue(name, out var value) ? null
        : value as bool? ?? throw VisionException.Invalid($"The parameter '{name}' must be true or false.");

    /// <summary>A parameter that is a whole number; null where it is not given.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>.</exception>
    public static long? Number(IReadOnlyDictionary<string, object?> parameters, string name, long most) =>
        parameters.TryGetValue(name, out var value) ? Whole(value, name, 0, most) : null;

    private static long Whole(object? value, string name, long least, long most) => value switch
    {
        long number when number >= least && number <= most => number,
        ulong number when number <= (ulong)most => Whole((long)number, name, least, most),
        _ => throw VisionException.Invalid($"The parameter '{name}' must be a whole number from {least} to {most}."),
    };
}
