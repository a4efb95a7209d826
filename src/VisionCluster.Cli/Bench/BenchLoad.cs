namespace VisionCluster.Cli.Bench;

/// <summary>Sends requests as a plan says, from the start of the warm-up to the end of what is measured.</summary>
/// <param name="plan">How.</param>
/// <param name="recorder">Takes the figures.</param>
/// <param name="time">Clock.</param>
internal sealed class BenchLoad(BenchPlan plan, BenchRecorder recorder, TimeProvider time)
{
    /// <summary>How long requests that are under way at the end may still take.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Runs to the end.</summary>
    /// <param name="request">Sends one: by which caller, and when it was due.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task RunAsync(Func<int, long, CancellationToken, Task> request, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var begin = time.CreateTimer(_ => recorder.Begin(), null, plan.WarmUp, Timeout.InfiniteTimeSpan);
        using var hurry = new CancellationTokenSource(plan.WarmUp + plan.Duration + Grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, hurry.Token);
        try
        {
            await (plan.RatePerSecond is { } rate
                ? OpenAsync(rate, started, request, either.Token)
                : Task.WhenAll(Enumerable.Range(0, plan.Callers).Select(caller => CloseAsync(caller, started, request, either.Token))));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What is not answered by now is not waited for.
        }
    }

    private bool IsOver(long started) => time.GetElapsedTime(started) >= plan.WarmUp + plan.Duration;

    private async Task CloseAsync(int caller, long started, Func<int, long, CancellationToken, Task> request, CancellationToken cancellationToken)
    {
        while (!IsOver(started))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await request(caller, time.GetTimestamp(), cancellationToken);
        }
    }

    private async Task OpenAsync(double rate, long started, Func<int, long, CancellationToken, Task> request, CancellationToken cancellationToken)
    {
        var free = new Stack<int>(Enumerable.Range(0, plan.Callers));
        var underWay = new HashSet<Task>();
        foreach (var at in PoissonArrivals.Times(rate, new Random(plan.Seed)).TakeWhile(at => at < plan.WarmUp + plan.Duration))
        {
            var wait = at - time.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }

            underWay.RemoveWhere(static task => task.IsCompletedSuccessfully);
            var due = started + (long)(at.TotalSeconds * time.TimestampFrequency);
            if (Take(free) is { } caller)
            {
                underWay.Add(SendAsync(caller, due));
            }
            else
            {
                recorder.NotSent(due);
            }
        }

        await Task.WhenAll(underWay);

        async Task SendAsync(int caller, long due)
        {
            await request(caller, due, cancellationToken);
            lock (free)
            {
                free.Push(caller);
            }
        }
    }

    private static int? Take(Stack<int> free)
    {
        lock (free)
        {
            return free.TryPop(out var caller) ? caller : null;
        }
    }
}
