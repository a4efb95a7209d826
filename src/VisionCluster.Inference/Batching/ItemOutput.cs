namespace VisionCluster.Inference.Batching;

/// <summary>What a run made of one item: a value, or the error of this item alone.</summary>
/// <param name="Value">Set where <paramref name="Error"/> is null.</param>
/// <param name="Error">For example an output that is not a number.</param>
public readonly record struct ItemOutput<TOutput>(TOutput? Value, Exception? Error = null);
