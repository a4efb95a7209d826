namespace VisionCluster.Inference.Tests.Onnx;

/// <summary>A clock whose every limit has passed when it is set.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        callback(state);
        return base.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
