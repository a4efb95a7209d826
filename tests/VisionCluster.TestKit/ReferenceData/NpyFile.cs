using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace VisionCluster.TestKit.ReferenceData;

/// <summary>An array in numpy's format 1.0, little endian, C order.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Type">f2, f4, f8, i4, i8, u1 or b1.</param>
/// <param name="Data">Its bytes.</param>
public sealed partial record NpyFile(IReadOnlyList<int> Shape, string Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is of another kind.</exception>
    public static NpyFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = bytes[8] | (bytes[9] << 8);
        string header = Encoding.ASCII.GetString(bytes, 10, length);
        Match match = Header().Match(header);
        if (!match.Success || bytes[6] != 1)
        {
            throw new InvalidDataException($"{path}: {header}");
        }

        int[] shape = [.. match.Groups[2].Value.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Where(n => n.Trim().Length > 0).Select(int.Parse)];
        return new NpyFile(shape, match.Groups[1].Value, bytes.AsMemory(10 + length));
    }

    /// <summary>The numbers, converted where they are no float32.</summary>
    public float[] Floats() => Type switch
    {
        "f4" => MemoryMarshal.Cast<byte, float>(Data.Span).ToArray(),
        "f2" => [.. MemoryMarshal.Cast<byte, Half>(Data.Span).ToArray().Select(h => (float)h)],
        "f8" => [.. MemoryMarshal.Cast<byte, double>(Data.Span).ToArray().Select(d => (float)d)],
        _ => [.. Integers().Select(i => (float)i)],
    };

    /// <summary>The integers.</summary>
    public long[] Integers() => Type switch
    {
        "i8" => MemoryMarshal.Cast<byte, long>(Data.Span).ToArray(),
        "i4" => [.. MemoryMarshal.Cast<byte, int>(Data.Span).ToArray().Select(i => (long)i)],
        "u1" or "b1" => [.. Data.ToArray().Select(b => (long)b)],
        _ => throw new InvalidDataException($"{Type} holds no integers."),
    };

    [GeneratedRegex(@"'descr': '[<|]([a-z]\d)', 'fortran_order': False, 'shape': \(([^)]*)\)")]
    private static partial Regex Header();
}
