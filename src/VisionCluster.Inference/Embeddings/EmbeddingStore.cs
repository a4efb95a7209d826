using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Inference.Embeddings;

/// <summary>
/// The image embeddings of one device, under a budget of bytes: the least recently used one goes first. However many
/// callers miss at once, the embedding is computed once. One in the device's own memory is held for each caller, and goes
/// when the store has dropped it and every caller has released it.
/// </summary>
/// <param name="budgetBytes">
/// Most bytes held; may shrink and grow, see <see cref="Trim"/>. An embedding that is larger serves its callers and is not kept.
/// </param>
/// <param name="instruments">Metrics.</param>
public sealed class EmbeddingStore(Func<long> budgetBytes, EmbeddingInstruments instruments)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EmbeddingKey, LinkedListNode<Entry>> _entries = [];
    private readonly Dictionary<ImageKey, HashSet<EmbeddingKey>> _byImage = [];
    private readonly LinkedList<Entry> _recent = new();
    private readonly Dictionary<EmbeddingKey, SharedRun<IImageEmbedding>> _running = [];
    private readonly DroppedKeys _dropped = new();
    private long _bytes;

    /// <summary>Those that can be searched.</summary>
    public EmbeddingIndex Index { get; } = new();

    /// <summary>Bytes held.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Most bytes held.</summary>
    public long BudgetBytes => budgetBytes();

    /// <summary>Whether an embedding is at hand.</summary>
    public EmbeddingState StateOf(EmbeddingKey key)
    {
        lock (_gate)
        {
            return _entries.ContainsKey(key) ? EmbeddingState.Ready
                : _running.ContainsKey(key) ? EmbeddingState.Computing : EmbeddingState.Absent;
        }
    }

    /// <summary>
    /// The embedding of a key, computed where it is not at hand. What is given back by hand is held for the caller, who releases
    /// it when it is not read any more.
    /// </summary>
    /// <param name="key">Image and model.</param>
    /// <param name="compute">Makes it; is cancelled when every caller that waits for it has left.</param>
    /// <param name="cancellationToken">This caller leaves.</param>
    public async ValueTask<T> GetOrComputeAsync<T>(
        EmbeddingKey key, Func<CancellationToken, Task<T>> compute, CancellationToken cancellationToken)
        where T : class, IImageEmbedding
    {
        while (true)
        {
            SharedRun<IImageEmbedding>? run;
            bool joined;
            lock (_gate)
            {
                if (_entries.TryGetValue(key, out var node))
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    instruments.Looked("hit");
                    (node.Value.Embedding as IHeldEmbedding)?.Hold();
                    return (T)node.Value.Embedding;
                }

                if (_running.TryGetValue(key, out run) && run.Result is { IsCompleted: true, IsCompletedSuccessfully: false })
                {
                    // Its error is for those who waited for it, though it may not have been taken out yet.
                    run = null;
                }

                joined = run is not null && run.TryJoin();
                if (run is null || (!joined && run.Result.IsCompleted))
                {
                    run = new SharedRun<IImageEmbedding>(token => ComputeAsync(key, compute, token));
                    joined = run.TryJoin();
                    _running[key] = run;
                    _ = ForgetWhenDoneAsync(key, run);
                    instruments.Looked("miss");
                    if (_dropped.Take(key))
                    {
                        instruments.Recomputed();
                    }
                }
                else if (joined)
                {
                    instruments.Looked("shared");
                }
            }

            if (joined)
            {
                return (T)await run.WaitAsync(cancellationToken);
            }

            // Everybody had left it. What has reached the device comes to its end all the same and is kept; what was still
            // queued is cancelled at once.
            await ((Task)run.Result).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Drops every embedding of an image.</summary>
    public void Forget(ImageKey image)
    {
        lock (_gate)
        {
            if (_byImage.TryGetValue(image, out var keys))
            {
                foreach (var key in keys.ToArray())
                {
                    Remove(_entries[key]);
                }
            }
        }
    }

    /// <summary>Drops everything, as when the device is rebuilt.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (_recent.Last is { } node)
            {
                Remove(node);
                _dropped.Add(node.Value.Key);
            }
        }
    }

    /// <summary>Drops the least recently used until the budget, which has shrunk, is kept again.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            MakeRoom(0, budgetBytes());
        }
    }

    private async Task<IImageEmbedding> ComputeAsync<T>(
        EmbeddingKey key, Func<CancellationToken, Task<T>> compute, CancellationToken cancellationToken)
        where T : class, IImageEmbedding
    {
        // Leaves the lock that the run was created under before anything long begins.
        await Task.Yield();
        var embedding = await compute(cancellationToken);
        (embedding as IHeldEmbedding)?.Hold();
        if (!Add(key, embedding))
        {
            // It serves those who wait, and goes with the last of them.
            (embedding as IDisposable)?.Dispose();
        }

        return embedding;
    }

    private async Task ForgetWhenDoneAsync(EmbeddingKey key, SharedRun<IImageEmbedding> run)
    {
        await run.Result.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        lock (_gate)
        {
            if (_running.TryGetValue(key, out var current) && current == run)
            {
                _running.Remove(key);
            }
        }

        run.Dispose();
    }

    /// <summary>Keeps an embedding; false where it is larger than the budget.</summary>
    private bool Add(EmbeddingKey key, IImageEmbedding embedding)
    {
        lock (_gate)
        {
            var budget = budgetBytes();
            if (embedding.Bytes > budget)
            {
                return false;
            }

            if (_entries.TryGetValue(key, out var old))
            {
                Remove(old);
            }

            MakeRoom(embedding.Bytes, budget);
            _entries.Add(key, _recent.AddFirst(new Entry(key, embedding)));
            if (!_byImage.TryGetValue(key.Image, out var keys))
            {
                _byImage.Add(key.Image, keys = []);
            }

            keys.Add(key);
            _bytes += embedding.Bytes;
            if (embedding is ISearchableEmbedding searchable)
            {
                Index.Add(key, searchable.Vector);
            }

            return true;
        }
    }

    private void MakeRoom(long bytes, long budget)
    {
        while (_bytes + bytes > budget && _recent.Last is { } least)
        {
            Remove(least);
            _dropped.Add(least.Value.Key);
            instruments.Evicted();
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        var (key, embedding) = node.Value;
        _recent.Remove(node);
        _entries.Remove(key);
        if (_byImage.TryGetValue(key.Image, out var keys) && keys.Remove(key) && keys.Count == 0)
        {
            _byImage.Remove(key.Image);
        }

        Index.Remove(key);
        _bytes -= embedding.Bytes;
        (embedding as IDisposable)?.Dispose();
    }

    private sealed record Entry(EmbeddingKey Key, IImageEmbedding Embedding);
}
