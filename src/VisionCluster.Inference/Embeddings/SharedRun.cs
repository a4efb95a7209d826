namespace VisionCluster.Inference.Embeddings;

/// <summary>
/// One computation that many callers await. A caller may leave without harm to the others; when the last one has left,
/// the computation is cancelled.
/// </summary>
internal sealed class SharedRun<T> : IDisposable
{
    private readonly CancellationTokenSource _abandoned = new();
    private readonly Lock _gate = new();
    private int _waiting;
    private bool _closed;

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

    /// <summary>Awaits the result of a run that was joined.</summary>
    public async Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Result.WaitAsync(cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>After the computation has ended.</summary>
    public void Dispose() => _abandoned.Dispose();

    private void Leave()
    {
        lock (_gate)
        {
            if (--_waiting > 0 || Result.IsCompleted)
            {
                return;
            }

            _closed = true;
        }

        _abandoned.Cancel();
    }
}
