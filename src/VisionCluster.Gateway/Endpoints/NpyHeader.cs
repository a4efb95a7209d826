using System.Buffers.Binary;
using System.Text;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>The head of a file in numpy's format 1.0 (numpy.lib.format).</summary>
internal static class NpyHeader
{
    private const int Alignment = 64;
    private const int Fixed = 10;

    /// <summary>The head of float32 numbers, little endian, in C order.</summary>
    public static byte[] Of<T>(IReadOnlyList<T> shape)
    {
        var sides = shape.Count == 1 ? $"{shape[0]}," : string.Join(", ", shape);
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({sides}), }}";
        var length = (Fixed + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var head = new byte[length];
        (head[0], head[6], head[7]) = (0x93, 1, 0);
        "NUMPY"u8.CopyTo(head.AsSpan(1));
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), (ushort)(length - Fixed));
        head.AsSpan(Fixed).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, head.AsSpan(Fixed));
        head[^1] = (byte)'\n';
        return head;
    }
}
