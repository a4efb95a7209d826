namespace VisionCluster.Inference.Batching;

/// <summary>What the policy wants: take up to so many items now, or ask again at a time or when something happens.</summary>
/// <param name="Take">Items to take; 0 to wait.</param>
/// <param name="WaitUntil">Timestamp to ask again at; <see cref="long.MaxValue"/>: only when something happens.</param>
internal readonly record struct BatchDecision(int Take, long WaitUntil)
{
    public static readonly BatchDecision WaitForEvent = new(0, long.MaxValue);

    public static BatchDecision TakeUpTo(int count) => new(count, 0);

    public static BatchDecision Until(long timestamp) => new(0, timestamp);
}
