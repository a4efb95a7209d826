using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Inference.Tensors;

/// <summary>
/// The outputs of one request, filled by the runs of its rows, each of which copies its part once from the runtime's memory
/// to where it stays.
/// </summary>
/// <param name="wanted">Which outputs.</param>
/// <param name="rows">Rows of the request's batch.</param>
internal sealed class TensorOutputs(IReadOnlyList<TensorMetadata> wanted, int rows)
{
    private readonly Lock _gate = new();
    private readonly byte[]?[] _data = new byte[wanted.Count][];
    private readonly long[]?[] _shapes = new long[wanted.Count][];
    private long _bytes;

    public IReadOnlyList<TensorMetadata> Wanted => wanted;

    /// <summary>Takes an output as it is.</summary>
    public void Put(int output, long[] shape, ReadOnlySpan<byte> data)
    {
        var kept = Keep(output, shape, data.Length);
        data.CopyTo(kept);
    }

    /// <summary>Takes a row of an output; <paramref name="shape"/> is that of the run it is from.</summary>
    public void PutRow(int output, int row, long[] shape, ReadOnlySpan<byte> data)
    {
        var kept = Keep(output, [rows, .. shape.AsSpan(1)], (long)data.Length * rows);
        data.CopyTo(kept.AsSpan(row * data.Length));
    }

    /// <summary>All of them, when every row has run.</summary>
    public IReadOnlyList<Tensor> ToTensors() =>
        [.. wanted.Select((output, i) => new Tensor(output.Name, output.Datatype, _shapes[i]!, _data[i]))];

    private byte[] Keep(int output, long[] shape, long bytes)
    {
        lock (_gate)
        {
            if (_data[output] is { } kept)
            {
                return kept.Length == bytes && _shapes[output].AsSpan().SequenceEqual(shape)
                    ? kept
                    : throw VisionException.Invalid($"Output '{wanted[output].Name}' has not the same shape for all rows; send them one by one.");
            }

            if ((_bytes += bytes) > InferRequest.MaxBytes)
            {
                throw VisionException.Invalid(
                    $"The outputs have more than {InferRequest.MaxBytes} bytes together; send fewer rows or ask for fewer outputs.");
            }

            _shapes[output] = shape;
            return _data[output] = GC.AllocateUninitializedArray<byte>((int)bytes);
        }
    }
}
