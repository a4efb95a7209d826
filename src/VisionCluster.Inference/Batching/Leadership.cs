namespace VisionCluster.Inference.Batching;

/// <summary>
/// Who of a graph's threads leads. One that goes to run offers the lead, and another is woken to take it only where something
/// waits or comes: on a graph with single calls the thread that ran leads again, no thread is woken to find nothing, and the
/// caches of its core stay warm. Nobody spins: the waits last for runs, and would take processor time from them.
/// </summary>
/// <param name="isNeeded">Whether there is something to lead; asked after the lead was offered, so that nothing that comes is missed.</param>
internal sealed class Leadership(Func<bool> isNeeded)
{
    private readonly object _gate = new();
    private bool _free = true;
    private int _offered;

    /// <summary>Waits for the lead; false where the limit passed or another thread was faster.</summary>
    public bool Wait(TimeSpan limit)
    {
        lock (_gate)
        {
            if (!_free)
            {
                Monitor.Wait(_gate, limit);
            }

            var mine = _free;
            _free = false;
            return mine;
        }
    }

    /// <summary>Gives the lead to whoever waits or comes first.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _free = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Gives the lead to a thread that waits, if it is needed now or <see cref="Pass"/> says so later.</summary>
    public void Offer()
    {
        Interlocked.Exchange(ref _offered, 1);
        if (isNeeded())
        {
            Pass();
        }
    }

    /// <summary>There is something to lead: wakes a thread where nobody leads.</summary>
    public void Pass()
    {
        if (TakeBack())
        {
            Leave();
        }
    }

    /// <summary>Whether the lead that was offered is still there; then the caller leads again.</summary>
    public bool TakeBack() => Interlocked.Exchange(ref _offered, 0) == 1;
}
