using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Devices;

/// <summary>
/// The one budget of bytes that a device's models, kept masks and image embeddings share. Models take theirs when they
/// are loaded, masks have a part set aside, and embeddings live in what is left. Thread-safe.
/// </summary>
/// <param name="device">The device's name, for messages.</param>
/// <param name="budgetBytes">All that may be taken.</param>
/// <param name="maskBytes">Set aside for masks.</param>
public sealed class DeviceMemory(string device, long budgetBytes, long maskBytes)
{
    private readonly Lock _gate = new();
    private long _modelBytes;

    /// <summary>All that may be taken.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>What the loaded models take.</summary>
    public long ModelBytes => Volatile.Read(ref _modelBytes);

    /// <summary>What image embeddings may take now.</summary>
    public long EmbeddingRoom => Math.Max(0, budgetBytes - maskBytes - ModelBytes);

    /// <summary>Counts a model in before it is loaded.</summary>
    /// <exception cref="VisionException"><c>ModelUnavailable</c>: it does not fit beside what is loaded.</exception>
    public void Take(string model, long bytes)
    {
        lock (_gate)
        {
            if (bytes > EmbeddingRoom)
            {
                throw new VisionException(
                    VisionErrorCode.ModelUnavailable,
                    $"Model '{model}' takes {bytes:N0} bytes, but of the {budgetBytes:N0} of device {device} "
                    + $"{_modelBytes:N0} hold other models and {maskBytes:N0} are set aside for masks. Unload a model or raise "
                    + $"{DeviceOptions.Section}:{nameof(DeviceOptions.BudgetBytes)}.");
            }

            Volatile.Write(ref _modelBytes, _modelBytes + bytes);
        }
    }

    /// <summary>Gives back what a model took.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            Volatile.Write(ref _modelBytes, _modelBytes - bytes);
        }
    }
}
