using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Inference.Tensors;

/// <summary>The runtime's element types and the protocol's.</summary>
internal static class ElementTypes
{
    private static readonly (TensorElementType Runtime, TensorDatatype Protocol)[] Pairs =
    [
        (TensorElementType.Bool, TensorDatatype.Bool),
        (TensorElementType.UInt8, TensorDatatype.UInt8),
        (TensorElementType.UInt16, TensorDatatype.UInt16),
        (TensorElementType.UInt32, TensorDatatype.UInt32),
        (TensorElementType.UInt64, TensorDatatype.UInt64),
        (TensorElementType.Int8, TensorDatatype.Int8),
        (TensorElementType.Int16, TensorDatatype.Int16),
        (TensorElementType.Int32, TensorDatatype.Int32),
        (TensorElementType.Int64, TensorDatatype.Int64),
        (TensorElementType.Float16, TensorDatatype.Fp16),
        (TensorElementType.Float, TensorDatatype.Fp32),
        (TensorElementType.Double, TensorDatatype.Fp64),
    ];

    /// <summary>False for strings and other types without one size.</summary>
    public static bool TryToProtocol(this TensorElementType type, out TensorDatatype datatype)
    {
        var index = Array.FindIndex(Pairs, pair => pair.Runtime == type);
        datatype = index < 0 ? default : Pairs[index].Protocol;
        return index >= 0;
    }

    public static TensorElementType ToRuntime(this TensorDatatype datatype) =>
        Array.Find(Pairs, pair => pair.Protocol == datatype).Runtime;
}
