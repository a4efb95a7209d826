using Microsoft.Extensions.Time.Testing;

namespace VisionCluster.Cli.Tests.Bench;

/// <summary>Lets time pass only when nothing is left to do: what happens at which time does not depend on the machine.</summary>
internal sealed class Lockstep : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posts = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posts)
        {
            _posts.Enqueue((d, state));
        }
    }

    /// <summary>Runs something to its end on this thread.</summary>
    public static void Run(FakeTimeProvider time, TimeSpan step, Func<Task> action)
    {
        var (before, own) = (Current, new Lockstep());
        SetSynchronizationContext(own);
        try
        {
            var task = action();
            while (!task.IsCompleted)
            {
                if (!own.RunNext())
                {
                    time.Advance(step);
                }
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private bool RunNext()
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (_posts)
        {
            if (!_posts.TryDequeue(out next))
            {
                return false;
            }
        }

        next.Callback(next.State);
        return true;
    }
}
