namespace VisionCluster.Inference.Sources;

/// <summary>Bounds how many threads decode, preprocess and draw masks at once, so that a flood of uploads leaves cores for clicks.</summary>
public sealed class WorkLimiter(int places) : IDisposable
{
    private readonly SemaphoreSlim _places = new(places, places);

    /// <summary>Waits for a place; dispose what comes back to leave it.</summary>
    public async ValueTask<Place> EnterAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        return new Place(_places);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    /// <summary>A place that was taken.</summary>
    public readonly struct Place(SemaphoreSlim places) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => places.Release();
    }
}
