namespace VisionCluster.Inference.Embeddings;

/// <summary>
/// One computation that many callers await. A caller may leave without harm to the others; when the last one has left,
/// the computation is cancelled. The result is held while anybody may still take it.
/// </summary>
internal sealed class SharedRun<T> : IDisposable
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _gate = new();
    private int _waiting;
    private bool _closed;
    private bool _ended;

    /// <param name="compute">Gives a result that is held once, for the run.</param>
    public SharedRun(Func<CancellationToken, Task<T>> compute) => Result = compute(_abandoned.Token);

    public Task<T> Result { get; }

    /// <summary>Joins; false where everybody had left and the computation was cancelled.</summary>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _waiting++;
            return true;
        }
    }

    /// <summary>Awaits the result of a run that was joined, and holds it for the caller.</summary>
    public async Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await Result.WaitAsync(cancellationToken);
            (result as IHeldEmbedding)?.Hold();
            return result;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>After the computation has ended and nobody can join any more.</summary>
    public void Dispose()
    {
        bool last;
        lock (_gate)
        {
            _ended = true;
            last = _waiting == 0;
            if (!_closed)
            {
                // Else who closed it may be about to cancel.
                _abandoned.Dispose();
            }
        }

        if (last)
        {
            Release();
        }
    }

    private void Leave()
    {
        bool release;
        bool cancel;
        lock (_gate)
        {
            var last = --_waiting == 0;
            release = last && _ended;
            cancel = last && !Result.IsCompleted;
            _closed |= cancel;
        }

        if (release)
        {
            Release();
        }
        else if (cancel)
        {
            _abandoned.Cancel();
        }
    }

    private void Release()
    {
        if (Result.IsCompletedSuccessfully)
        {
            (Result.Result as IHeldEmbedding)?.Release();
        }
    }
}
