using VisionCluster.Contracts.AutomaticMasks;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.AutomaticMasks;

/// <summary>
/// What stands of a call's masks: candidates come in, and whoever reads the call's stream hears of what changes.
/// The end is the one that segment-anything's generate reaches, whatever was said on the way.
/// </summary>
/// <param name="request">The options.</param>
/// <param name="height">Of the image.</param>
/// <param name="maxBytes">Most bytes of masks.</param>
/// <param name="encode">A record of a candidate.</param>
/// <param name="write">Takes an update; waits while the reader is slow.</param>
internal sealed class MaskLedger(
    EverythingRequest request,
    int height,
    long maxBytes,
    Func<MaskCandidate, AutomaticMask> encode,
    Func<EverythingUpdate, ValueTask> write)
{
    private readonly List<MaskCandidate> _closed = [];
    private readonly List<MaskCandidate> _open = [];
    private MaskCandidate[] _standing = [];
    private int _crops;
    private long _bytes;

    /// <summary>Masks that stand.</summary>
    public int Count => _closed.Count + _standing.Length;

    /// <summary>Adds what a point of the current crop has found.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c>: too much stands at once.</exception>
    public void Add(IReadOnlyList<MaskCandidate> found)
    {
        _open.AddRange(found);
        _bytes += found.Sum(candidate => candidate.Bytes);
        if (_bytes > maxBytes)
        {
            throw VisionException.Invalid(
                $"The masks take more than {maxBytes >> 20} MiB: raise 'predIouThresh' or 'stabilityScoreThresh', or ask for less points.");
        }
    }

    /// <summary>Tells what has changed in the current crop since the last time.</summary>
    public async ValueTask ShowAsync()
    {
        var standing = CandidateNms.Keep(_open, static candidate => candidate.Score, request.BoxNmsThresh);
        await TellAsync(_standing, standing);
        _standing = standing;
    }

    /// <summary>Ends a crop: what fell in it will not come back.</summary>
    public async ValueTask CloseAsync()
    {
        await ShowAsync();
        _crops++;
        _closed.AddRange(_standing);
        _open.Clear();
        _standing = [];
        _bytes = _closed.Sum(candidate => candidate.Bytes);
    }

    /// <summary>Ends the call; the ids of what stands, in order.</summary>
    public async ValueTask<IReadOnlyList<int>> FinishAsync()
    {
        MaskCandidate[] final = _crops > 1
            ? CandidateNms.Keep(
                _closed, static candidate => 1f / ((float)candidate.Crop.Width * candidate.Crop.Height), request.CropNmsThresh)
            : [.. _closed];
        if (request.MinMaskRegionArea > 0)
        {
            final = SmallRegionCleanup.Run(
                final, height, request.MinMaskRegionArea, Math.Max(request.BoxNmsThresh, request.CropNmsThresh));
        }

        await TellAsync(_closed, final);
        return Array.ConvertAll(final, candidate => candidate.Id);
    }

    private async ValueTask TellAsync(IReadOnlyCollection<MaskCandidate> before, IReadOnlyCollection<MaskCandidate> after)
    {
        var known = before.ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var candidate in after.Where(candidate => !known.Contains(candidate)))
        {
            await write(new EverythingUpdate { Mask = encode(candidate) });
        }

        var standing = after.Select(candidate => candidate.Id).ToHashSet();
        int[] dropped = [.. before.Select(candidate => candidate.Id).Where(id => !standing.Contains(id))];
        if (dropped.Length > 0)
        {
            await write(new EverythingUpdate { Dropped = dropped });
        }
    }
}
