using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Inference.Tensors;

/// <summary>A caller's tensors for one run: a row of the batch, or all of a graph that has none.</summary>
/// <param name="Inputs">In the graph's order.</param>
/// <param name="Outputs">Where the run's outputs go.</param>
/// <param name="Row">Which row; -1 for all.</param>
internal sealed record TensorItem(IReadOnlyList<Tensor> Inputs, TensorOutputs Outputs, int Row)
{
    private static int _alone;

    public bool IsWhole => Row < 0;

    /// <summary>
    /// Only items of one key share a run. Keys of tensors are negative, which those of pipelines are not; where two
    /// kinds share a key all the same, <see cref="Fits"/> tells them apart and the batch is run in parts.
    /// </summary>
    public int Key
    {
        get
        {
            if (IsWhole)
            {
                return int.MinValue | Interlocked.Increment(ref _alone);
            }

            var hash = new HashCode();
            foreach (var input in Inputs)
            {
                for (var i = 1; i < input.Shape.Count; i++)
                {
                    hash.Add(input.Shape[i]);
                }
            }

            foreach (var output in Outputs.Wanted)
            {
                hash.Add(output.Name, StringComparer.Ordinal);
            }

            return int.MinValue | hash.ToHashCode();
        }
    }

    /// <summary>Whether another item can be a row of the same run.</summary>
    public bool Fits(TensorItem other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        return !IsWhole && !other.IsWhole
            && Outputs.Wanted.Select(output => output.Name).SequenceEqual(other.Outputs.Wanted.Select(output => output.Name))
            && Inputs.Zip(other.Inputs).All(pair => pair.First.Shape.Skip(1).SequenceEqual(pair.Second.Shape.Skip(1)));
    }

    /// <summary>The bytes of an input that belong to the item.</summary>
    public ReadOnlyMemory<byte> Bytes(int input)
    {
        var tensor = Inputs[input];
        if (IsWhole)
        {
            return tensor.Data;
        }

        var row = tensor.Data.Length / (int)tensor.Shape[0];
        return tensor.Data.Slice(Row * row, row);
    }
}
