using System.Globalization;
using System.Text;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Numbers as a file of numpy (numpy.lib.format, version 1.0): float32, little endian, C order.</summary>
/// <param name="shape">Its shape.</param>
/// <param name="data">Its numbers.</param>
internal sealed class NpyResult(IReadOnlyList<int> shape, ReadOnlyMemory<byte> data) : IResult
{
    public const string ContentType = "application/x-npy";

    private const int Alignment = 64;
    private const int PreambleLength = 10;

    /// <summary>Whether a caller wants the file and not JSON.</summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(ContentType, StringComparison.OrdinalIgnoreCase);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var header = Header();
        httpContext.Response.ContentType = ContentType;
        httpContext.Response.ContentLength = header.Length + data.Length;
        await httpContext.Response.Body.WriteAsync(header, httpContext.RequestAborted);
        await httpContext.Response.Body.WriteAsync(data, httpContext.RequestAborted);
    }

    /// <summary>What stands before the numbers, filled up so that they begin at a multiple of 64.</summary>
    private byte[] Header()
    {
        var sides = string.Concat(shape.Select(side => side.ToString(CultureInfo.InvariantCulture) + ", ")).TrimEnd();
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({sides}), }}";
        var length = (PreambleLength + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        var header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        header[0] = 0x93;
        "NUMPY\u0001\0"u8.CopyTo(header.AsSpan(1));
        BitConverter.TryWriteBytes(header.AsSpan(8), (ushort)(length - PreambleLength));
        Encoding.ASCII.GetBytes(text, header.AsSpan(PreambleLength));
        header[^1] = (byte)'\n';
        return header;
    }
}
