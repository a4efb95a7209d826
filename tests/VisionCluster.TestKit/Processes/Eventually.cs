using System.Diagnostics;

namespace VisionCluster.TestKit.Processes;

/// <summary>Waits for what other processes do.</summary>
public static class Eventually
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    /// <summary>How long it took until the condition held.</summary>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await HoldsAsync(condition, limit - Stopwatch.GetElapsedTime(started), what))
        {
            if (Stopwatch.GetElapsedTime(started) >= limit)
            {
                throw new TimeoutException($"After {limit.TotalSeconds} s it was not true that {what}.");
            }

            await RealTime.PassAsync(Glance);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The condition may itself ask somebody who does not answer.</summary>
    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition, TimeSpan left, string what)
    {
        var answer = condition();
        try
        {
            return await answer.WaitAsync(left > Glance ? left : Glance);
        }
        catch (TimeoutException) when (!answer.IsCompleted)
        {
            throw new TimeoutException($"Whether {what} could not be told in time.");
        }
    }
}
