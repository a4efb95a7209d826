namespace VisionCluster.Inference.Batching;

/// <summary>
/// Start-time fair queueing over tenants (Goyal, Vin, Cheng, SIGCOMM 1996): each tenant's items stay in order, and
/// over any busy period tenants receive cost in proportion to their weights, whatever the sizes they send. A tenant
/// that pauses keeps its debt until the others have caught up, so that leaving and coming back buys nothing.
/// Owned by one thread at a time.
/// </summary>
/// <param name="number">Which of its queue's classes this is.</param>
/// <param name="weightOf">A tenant's weight, greater than 0; asked once an item.</param>
internal sealed class FairQueue<TItem>(int number, Func<string, double> weightOf)
    where TItem : QueuedItem
{
    /// <summary>How many tenants whose next item does not fit are passed over for one batch.</summary>
    private const int MaxPassedOver = 64;

    private readonly Dictionary<string, Flow> _flows = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Flow, (double Start, long Order)> _active = new();
    private readonly PriorityQueue<Flow, double> _idle = new();
    private readonly Queue<TItem> _arrivals = new();
    private readonly Dictionary<int, int> _byShape = [];
    private readonly List<Flow> _passedOver = [];
    private double _virtualTime;
    private double _lastFinish;
    private long _order;

    /// <summary>Items inside, with those whose callers left and that were not met yet.</summary>
    public int Count { get; private set; }

    public void Enqueue(TItem item)
    {
        item.Class = number;
        var tenant = item.Ticket.Tenant.Value;
        if (!_flows.TryGetValue(tenant, out var flow))
        {
            flow = new Flow(tenant);
            _flows.Add(tenant, flow);
        }

        flow.Items.Enqueue(item);
        _arrivals.Enqueue(item);
        _byShape[item.Shape] = _byShape.GetValueOrDefault(item.Shape) + 1;
        Count++;
        if (flow.Items.Count == 1)
        {
            flow.Start = Math.Max(flow.Start, _virtualTime);
            Activate(flow);
        }
    }

    /// <summary>When the item that has waited longest came; null where nothing waits.</summary>
    public long? OldestEnqueuedAt()
    {
        while (_arrivals.TryPeek(out var item))
        {
            if (IsHere(item))
            {
                return item.EnqueuedAt;
            }

            _arrivals.Dequeue();
        }

        return null;
    }

    /// <summary>The item that is next by fairness; items whose callers left are dropped on the way.</summary>
    public TItem? Peek()
    {
        while (_active.TryPeek(out var flow, out _))
        {
            if (Head(flow) is { } item)
            {
                return item;
            }

            _active.Dequeue();
            Idle(flow);
        }

        return null;
    }

    /// <summary>At most how many waiting items have a shape.</summary>
    public int CountOf(int shape) => _byShape.GetValueOrDefault(shape);

    /// <summary>
    /// Removes the next item of a shape and of at most a cost, in fair order; tenants whose next item does not fit are
    /// passed over and keep their turn.
    /// </summary>
    /// <param name="shape">Of the run.</param>
    /// <param name="maxCost">What is left of the run's budget.</param>
    /// <param name="maxAhead">
    /// How much more cost a tenant may have been served than the one whose turn it is. Else those who fill up the runs of a
    /// tenant with odd shapes would get ahead of it without end.
    /// </param>
    public TItem? Take(int shape, double maxCost, double maxAhead = double.PositiveInfinity)
    {
        TItem? taken = null;
        var turn = double.NaN;
        while (taken is null && _passedOver.Count < MaxPassedOver && _active.TryDequeue(out var flow, out _))
        {
            if (Head(flow) is not { } item)
            {
                Idle(flow);
                continue;
            }

            turn = double.IsNaN(turn) ? flow.Start : turn;
            if (item.Shape != shape || item.Cost > maxCost || IsAhead(flow, turn, maxAhead))
            {
                _passedOver.Add(flow);
            }
            else if (item.TryTake())
            {
                Remove(flow);
                Charge(flow, item.Cost);
                taken = item;
            }
            else
            {
                _active.Enqueue(flow, (flow.Start, flow.Order));
            }
        }

        foreach (var flow in _passedOver)
        {
            _active.Enqueue(flow, (flow.Start, flow.Order));
        }

        _passedOver.Clear();
        Forgive();
        return taken;
    }

    private bool IsAhead(Flow flow, double turn, double most) =>
        flow.Start > turn && flow.Start - turn > most / weightOf(flow.Tenant);

    private void Charge(Flow flow, double cost)
    {
        _virtualTime = Math.Max(_virtualTime, flow.Start);
        flow.Start += cost / weightOf(flow.Tenant);
        _lastFinish = Math.Max(_lastFinish, flow.Start);
        if (flow.Items.Count > 0)
        {
            Activate(flow);
        }
        else
        {
            Idle(flow);
        }
    }

    private void Activate(Flow flow)
    {
        flow.Order = _order++;
        _active.Enqueue(flow, (flow.Start, flow.Order));
    }

    private void Idle(Flow flow) => _idle.Enqueue(flow, flow.Start);

    /// <summary>Forgets tenants that wait for nothing and owe nothing.</summary>
    private void Forgive()
    {
        if (Count == 0)
        {
            _virtualTime = Math.Max(_virtualTime, _lastFinish);
        }

        while (_idle.TryPeek(out var flow, out var finish) && finish <= _virtualTime)
        {
            _idle.Dequeue();
            if (flow.Items.Count == 0 && flow.Start <= _virtualTime)
            {
                _flows.Remove(flow.Tenant);
            }
        }
    }

    private bool IsHere(TItem item) => item.IsWaiting && item.Class == number;

    private TItem? Head(Flow flow)
    {
        while (flow.Items.TryPeek(out var item))
        {
            if (IsHere(item))
            {
                return item;
            }

            Remove(flow);
        }

        return null;
    }

    private void Remove(Flow flow)
    {
        var item = flow.Items.Dequeue();
        _byShape[item.Shape]--;
        Count--;
    }

    private sealed class Flow(string tenant)
    {
        public string Tenant { get; } = tenant;

        public Queue<TItem> Items { get; } = new();

        public double Start { get; set; }

        public long Order { get; set; }
    }
}
