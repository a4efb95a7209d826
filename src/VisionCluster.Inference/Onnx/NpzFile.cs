using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Reads numpy's archives of arrays (numpy.lib.format, version 1.0): little endian, C order, float32, float16, int64
/// and int32.
/// </summary>
public static partial class NpzFile
{
    private const int MaxBytes = 64 << 20;
    private const int PreambleLength = 10;

    /// <summary>All arrays by name, without the <c>.npy</c> ending.</summary>
    /// <exception cref="InvalidDataException">Something else, or more than 64 MiB.</exception>
    public static IReadOnlyDictionary<string, NpzArray> Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        if (archive.Entries.Sum(entry => entry.Length) > MaxBytes)
        {
            throw new InvalidDataException($"{path} holds more than {MaxBytes} bytes.");
        }

        return archive.Entries.ToDictionary(
            entry => Path.GetFileNameWithoutExtension(entry.FullName), ReadEntry, StringComparer.Ordinal);
    }

    private static NpzArray ReadEntry(ZipArchiveEntry entry)
    {
        var bytes = new byte[entry.Length];
        using (var stream = entry.Open())
        {
            stream.ReadExactly(bytes);
        }

        return Parse(bytes, entry.FullName);
    }

    private static NpzArray Parse(byte[] bytes, string name)
    {
        if (bytes.Length < PreambleLength || bytes[0] != 0x93 || !bytes.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
        {
            throw new InvalidDataException($"{name} is no numpy array.");
        }

        var headerLength = BitConverter.ToUInt16(bytes, 8);
        var header = Encoding.ASCII.GetString(bytes, PreambleLength, headerLength);
        var data = bytes.AsSpan(PreambleLength + headerLength);
        var match = HeaderPattern().Match(header);
        if (!match.Success || match.Groups["order"].Value != "False")
        {
            throw new InvalidDataException($"{name} has a header that is not understood: {header}");
        }

        var shape = match.Groups["shape"].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(long.Parse).ToArray();
        return match.Groups["type"].Value switch
        {
            "<f4" => new NpzArray(shape, MemoryMarshal.Cast<byte, float>(data).ToArray(), null),
            "<f2" => new NpzArray(shape, Widen(MemoryMarshal.Cast<byte, Half>(data)), null),
            "<i8" => new NpzArray(shape, null, MemoryMarshal.Cast<byte, long>(data).ToArray()),
            "<i4" => new NpzArray(shape, null, Array.ConvertAll(MemoryMarshal.Cast<byte, int>(data).ToArray(), i => (long)i)),
            var other => throw new InvalidDataException($"{name} holds numbers of type {other}, which is not read."),
        };
    }

    private static float[] Widen(ReadOnlySpan<Half> halves)
    {
        var floats = new float[halves.Length];
        System.Numerics.Tensors.TensorPrimitives.ConvertToSingle(halves, floats);
        return floats;
    }

    [GeneratedRegex(@"'descr':\s*'(?<type>[^']+)'.*'fortran_order':\s*(?<order>\w+).*'shape':\s*\((?<shape>[^)]*)\)")]
    private static partial Regex HeaderPattern();
}
