using System.Collections.Concurrent;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Batching;

/// <summary>
/// The queue of one graph and the threads that run it. Threads of its own, one more than the graph has instances,
/// take turns: the one that leads owns the queue, forms and stages a batch, waits for an instance, offers the lead
/// and runs. So the queue has one owner and no lock, a batch is staged while the one before it runs, and a call to an
/// idle graph is staged and run by the thread that it woke.
/// </summary>
public sealed class BatchExecutor<TInput, TOutput> : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeadlineCheck = TimeSpan.FromMilliseconds(50);

    private readonly string _graph;
    private readonly BatchingOptions _options;
    private readonly BatchingEnvironment _environment;
    private readonly BatchQueue<BatchItem<TInput, TOutput>> _queue;
    private readonly BatchAttempt<TInput, TOutput> _attempt;
    private readonly AdmissionControl _admission;
    private readonly ConcurrentQueue<BatchItem<TInput, TOutput>> _inbox = new();
    private readonly Leadership _lead;
    private readonly SemaphoreSlim _instances;
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Thread> _threads = [];
    private readonly RunStatistics _statistics;
    private readonly Action<QueuedItem> _leaveQueue;
    private readonly Action<VisionErrorCode> _refused;
    private readonly double _ticksPerMicrosecond;
    private int _asleep;

    /// <summary>Starts the threads.</summary>
    /// <param name="graph">Name for threads and metrics, such as <c>starter-sam/maskDecoder</c>.</param>
    /// <param name="runner">The graph.</param>
    /// <param name="options">How batches form.</param>
    /// <param name="environment">What the device's executors share.</param>
    public BatchExecutor(
        string graph,
        IBatchRunner<TInput, TOutput> runner,
        BatchingOptions options,
        BatchingEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        _graph = graph;
        _options = options;
        _environment = environment;
        _ticksPerMicrosecond = environment.Time.TimestampFrequency / 1e6;
        _queue = new(options, environment.WeightOf, _ticksPerMicrosecond);
        _statistics = new RunStatistics(environment.Time);
        _attempt = new(graph, runner, options.MaxBatchSize, environment, _statistics);
        _admission = new AdmissionControl(
            options.QueueCapacity, options.TenantQueueShare, options.OnlineQueueShare, options.BulkQueueShare);
        _instances = new SemaphoreSlim(options.Instances, options.Instances);
        _lead = new Leadership(() => _admission.Count > 0 || _stopping.IsCancellationRequested);
        _leaveQueue = LeaveQueue;
        _refused = code => environment.Instruments.Refused(graph, code);
        for (var i = 0; i <= options.Instances; i++)
        {
            var thread = new Thread(TakeTurns) { IsBackground = true, Name = $"{graph} {i}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Name of what runs.</summary>
    public string Graph => _graph;

    /// <summary>Items waiting.</summary>
    public int Queued => _admission.Count;

    /// <summary>Estimated seconds until what waits now has run.</summary>
    public double QueueSeconds => _admission.Cost * _statistics.SecondsPerCost / _options.Instances;

    /// <summary>Share of the last seconds in which an instance ran, 0 to 1.</summary>
    public double BusyFraction => _statistics.BusyFraction;

    /// <summary>Items that have run.</summary>
    public long Completed => _statistics.Items;

    /// <summary>Queues an item and awaits its run.</summary>
    /// <param name="input">Stays untouched until the task has ended.</param>
    /// <param name="ticket">Whose it is and how urgent.</param>
    /// <param name="cost">What it costs the device, in the graph's unit.</param>
    /// <param name="shape">Only items of one shape share a run.</param>
    /// <param name="cancellationToken">The caller leaves; an item that is running already still ends here.</param>
    /// <exception cref="VisionException"><c>Overloaded</c>, <c>DeadlineExceeded</c>, <c>DeviceFailed</c>.</exception>
    public async ValueTask<BatchResult<TOutput>> EnqueueAsync(
        TInput input, WorkTicket ticket, double cost, int shape, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_stopping.IsCancellationRequested)
        {
            throw Stopped();
        }

        var item = new BatchItem<TInput, TOutput>(input, ticket, cost, shape, _leaveQueue)
        {
            EnqueuedAt = _environment.Time.GetTimestamp(),
            Trace = BatchTrace.Capture(),
        };
        if (!_admission.TryEnter(ticket.Tenant.Value, item.Cost, ticket.Lane))
        {
            _environment.Instruments.Refused(_graph, VisionErrorCode.Overloaded);
            throw new VisionException(VisionErrorCode.Overloaded, "The device's queue is full.")
            {
                RetryAfter = TimeSpan.FromSeconds(Math.Clamp(QueueSeconds, 0.05, 60)),
            };
        }

        _environment.Instruments.Enqueued(_graph);
        await using var left = cancellationToken.UnsafeRegister(
            static (state, token) => ((BatchItem<TInput, TOutput>)state!).Cancel(token), item);
        _inbox.Enqueue(item);
        Wake();
        return await item.Task;
    }

    /// <summary>Refuses what waits, lets what runs end, and stops the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await _stopping.CancelAsync();
            _wake.Set();
            _lead.Pass();
            await Task.Run(() => _threads.ForEach(t => t.Join(TimeSpan.FromSeconds(_options.RunLimitSeconds))));
            while (_inbox.TryDequeue(out var item))
            {
                Refuse(item, Stopped());
            }
        }
    }

    private void TakeTurns()
    {
        var batch = new List<BatchItem<TInput, TOutput>>(_options.MaxBatchSize);
        var leads = false;
        while (!_stopping.IsCancellationRequested)
        {
            if (!leads && !_lead.Wait(LongestWait))
            {
                continue;
            }

            var staged = Lead(batch);
            leads = false;
            _lead.Offer();
            if (batch.Count > 0)
            {
                _attempt.Run(batch, staged);
                _instances.Release();
                if (_admission.Count > 0)
                {
                    _wake.Set();
                }

                batch.Clear();
                leads = _lead.TakeBack();
            }
        }

        // The last one out refuses what is left; nobody leads any more, so the queue is this thread's.
        if (leads || _lead.Wait(TimeSpan.Zero))
        {
            RefuseAll(batch);
            _lead.Leave();
        }
    }

    /// <summary>Owns the queue until a batch is staged and an instance is free for it.</summary>
    private IStagedBatch<TOutput>? Lead(List<BatchItem<TInput, TOutput>> batch)
    {
        while (!_stopping.IsCancellationRequested)
        {
            var now = _environment.Time.GetTimestamp();
            Drain();
            _queue.Expire(now, Refuse);
            var decision = BatchPolicy.Decide(
                _queue.Snapshot(now), _instances.CurrentCount > 0, now, _ticksPerMicrosecond, _options, _attempt.MaxBatchSize);
            if (decision.Take > 0)
            {
                _queue.Take(decision.Take, now, batch);
                batch.ForEach(_leaveQueue);
            }

            if (batch.Count > 0)
            {
                var staged = StageForInstance(batch);
                if (batch.Count > 0)
                {
                    return staged;
                }

                continue;
            }

            Sleep(Math.Min(decision.WaitUntil, _queue.NextExpiry()), now);
        }

        return null;
    }

    /// <summary>
    /// Stages a batch and waits for an instance. Until the moment it is free, items that nobody waits for any more are taken
    /// out and the rest is staged again; no instance is held where none is left.
    /// </summary>
    private IStagedBatch<TOutput>? StageForInstance(List<BatchItem<TInput, TOutput>> batch)
    {
        var staged = _attempt.Stage(batch);
        var free = false;
        while (batch.Count > 0 && !free)
        {
            // Not the semaphore's own wait, which spins beside the run that it waits for.
            free = _instances.Wait(TimeSpan.Zero)
                || (_instances.AvailableWaitHandle.WaitOne(DeadlineCheck) && _instances.Wait(TimeSpan.Zero));
            if (BatchItem<TInput, TOutput>.TakeOutGone(batch, _environment.Time.GetTimestamp(), _refused))
            {
                staged?.Dispose();
                staged = batch.Count > 0 ? _attempt.Stage(batch) : null;
            }
        }

        if (free && batch.Count == 0)
        {
            _instances.Release();
        }

        return staged;
    }

    private void Drain()
    {
        while (_inbox.TryDequeue(out var item))
        {
            if (item.IsWaiting)
            {
                _queue.Enqueue(item);
            }
        }
    }

    private void Sleep(long until, long now)
    {
        var wait = until == long.MaxValue ? LongestWait : _environment.Time.GetElapsedTime(now, until);
        Interlocked.Exchange(ref _asleep, 1);
        if (_inbox.IsEmpty && wait > TimeSpan.Zero)
        {
            _wake.WaitOne(wait < LongestWait ? wait + TimeSpan.FromTicks(1) : LongestWait);
        }

        Volatile.Write(ref _asleep, 0);
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _wake.Set();
        }
        else
        {
            _lead.Pass();
        }
    }

    private void LeaveQueue(QueuedItem item)
    {
        _admission.Leave(item.Ticket.Tenant.Value, item.Cost);
        _environment.Instruments.Left(_graph);
    }

    private void Refuse(BatchItem<TInput, TOutput> item, VisionException error)
    {
        LeaveQueue(item);
        _environment.Instruments.Refused(_graph, error.Code);
        item.Fail(error);
    }

    private void RefuseAll(List<BatchItem<TInput, TOutput>> batch)
    {
        Drain();
        do
        {
            batch.ForEach(item => Refuse(item, Stopped()));
            batch.Clear();
            _queue.Take(int.MaxValue, _environment.Time.GetTimestamp(), batch);
        }
        while (batch.Count > 0);
    }

    private VisionException Stopped() =>
        new(VisionErrorCode.ModelUnavailable, $"{_graph} is being unloaded.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
