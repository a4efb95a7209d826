using System.Collections.Frozen;

namespace VisionCluster.Contracts.Tensors;

/// <summary>Names and sizes of <see cref="TensorDatatype"/>s.</summary>
public static class TensorDatatypes
{
    private static readonly FrozenDictionary<string, TensorDatatype> ByName =
        Enum.GetValues<TensorDatatype>().ToFrozenDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>The protocol's name, such as <c>FP32</c>.</summary>
    public static string NameOf(this TensorDatatype datatype) => datatype.ToString().ToUpperInvariant();

    /// <summary>Finds a type by the protocol's name; false for <c>BYTES</c>, <c>BF16</c> and what is no type.</summary>
    public static bool TryParse(string? name, out TensorDatatype datatype)
    {
        datatype = default;
        return name is not null && ByName.TryGetValue(name, out datatype);
    }

    /// <summary>Bytes of one element.</summary>
    public static int SizeOf(this TensorDatatype datatype) => datatype switch
    {
        TensorDatatype.Bool or TensorDatatype.UInt8 or TensorDatatype.Int8 => 1,
        TensorDatatype.UInt16 or TensorDatatype.Int16 or TensorDatatype.Fp16 => 2,
        TensorDatatype.UInt32 or TensorDatatype.Int32 or TensorDatatype.Fp32 => 4,
        TensorDatatype.UInt64 or TensorDatatype.Int64 or TensorDatatype.Fp64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(datatype), datatype, "No such type."),
    };

    /// <summary>Bytes of a tensor; false where the shape claims more than <see cref="InferRequest.MaxBytes"/> or is none.</summary>
    /// <param name="datatype">Type of its elements.</param>
    /// <param name="shape">Every dimension at least 1, at most <see cref="Tensor.MaxDimensions"/> of them; none for a scalar.</param>
    /// <param name="bytes">Its size.</param>
    public static bool TrySizeOf(this TensorDatatype datatype, IReadOnlyList<long> shape, out int bytes)
    {
        ArgumentNullException.ThrowIfNull(shape);
        bytes = 0;
        if (shape.Count > Tensor.MaxDimensions)
        {
            return false;
        }

        long size = datatype.SizeOf();
        foreach (var dimension in shape)
        {
            // Checked after every step, so that no product overflows.
            if (dimension is < 1 or > InferRequest.MaxBytes || (size *= dimension) > InferRequest.MaxBytes)
            {
                return false;
            }
        }

        bytes = (int)size;
        return true;
    }
}
