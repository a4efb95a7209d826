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
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) >= limit)
            {
                throw new TimeoutException($"After {limit.TotalSeconds} s it was not true that {what}.");
            }

            await RealTime.PassAsync(Glance);
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
