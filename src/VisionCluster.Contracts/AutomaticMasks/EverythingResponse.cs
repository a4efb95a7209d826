using System.Text.Json.Serialization;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Contracts.AutomaticMasks;

/// <summary>Everything that was found in an image.</summary>
/// <param name="Model">Name of the model that drew the masks.</param>
/// <param name="Masks">Records in SAM's order.</param>
/// <param name="Timings">Where the time went; over HTTP the <c>Server-Timing</c> header.</param>
[GenerateSerializer, Immutable]
[Alias("visioncluster.EverythingResponse")]
public sealed record EverythingResponse(
    [property: Id(0)] string Model,
    [property: Id(1)] IReadOnlyList<AutomaticMask> Masks,
    [property: Id(2), JsonIgnore] StageTimings Timings)
{
    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="Errors.VisionException"><c>Internal</c>: it broke off before its last update.</exception>
    public static async Task<EverythingResponse> CollectAsync(
        IAsyncEnumerable<EverythingUpdate> updates, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        var standing = new Dictionary<int, AutomaticMask>();
        await foreach (var update in updates.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (update.Mask is { } mask)
            {
                standing[mask.Id] = mask;
            }

            foreach (var id in update.Dropped ?? [])
            {
                standing.Remove(id);
            }

            if (update.Done is { } done)
            {
                return new EverythingResponse(done.Model, [.. done.Masks.Select(id => standing[id])], done.Timings);
            }
        }

        throw new Errors.VisionException(Errors.VisionErrorCode.Internal, "The stream of masks broke off before its end.");
    }
}
