using System.Diagnostics.CodeAnalysis;

namespace VisionCluster.Contracts.Tensors;

/// <summary>Type of a tensor's elements, those of the Open Inference Protocol that have one size. Little-endian, as there.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "They are the protocol's types.")]
public enum TensorDatatype
{
    /// <summary><c>BOOL</c>: a byte, 0 or 1.</summary>
    Bool = 0,

    /// <summary><c>UINT8</c>.</summary>
    UInt8 = 1,

    /// <summary><c>UINT16</c>.</summary>
    UInt16 = 2,

    /// <summary><c>UINT32</c>.</summary>
    UInt32 = 3,

    /// <summary><c>UINT64</c>.</summary>
    UInt64 = 4,

    /// <summary><c>INT8</c>.</summary>
    Int8 = 5,

    /// <summary><c>INT16</c>.</summary>
    Int16 = 6,

    /// <summary><c>INT32</c>.</summary>
    Int32 = 7,

    /// <summary><c>INT64</c>.</summary>
    Int64 = 8,

    /// <summary><c>FP16</c>: IEEE 754 binary16.</summary>
    Fp16 = 9,

    /// <summary><c>FP32</c>.</summary>
    Fp32 = 10,

    /// <summary><c>FP64</c>.</summary>
    Fp64 = 11,
}
