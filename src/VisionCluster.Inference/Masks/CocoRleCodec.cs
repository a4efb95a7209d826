using System.Buffers;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Masks;

/// <summary>
/// COCO's run-length encoding: column-major runs that alternate, beginning with the zeros. In the compressed string a
/// run from the fourth on is the difference to the run two before; numbers are cut into groups of five bits, lowest
/// first, with 0x20 for "more follow" and 0x10 of the last group for the sign, each plus 48.
/// </summary>
public static class CocoRleCodec
{
    private const int MaxGroups = 7;

    /// <summary>The encoding of a row-major mask; any byte other than 0 is inside.</summary>
    public static CocoRle Encode(ReadOnlySpan<byte> rows, int height, int width) =>
        new(height, width, Compress(MaskRuns.Find(rows, height, width)));

    /// <summary>Runs to COCO's string.</summary>
    public static string Compress(ReadOnlySpan<uint> runs)
    {
        char[] buffer = ArrayPool<char>.Shared.Rent(checked(MaxGroups * runs.Length));
        int length = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            long number = i > 2 ? (long)runs[i] - runs[i - 2] : runs[i];
            bool more;
            do
            {
                int group = (int)(number & 0x1f);
                number >>= 5;
                more = (group & 0x10) != 0 ? number != -1 : number != 0;
                buffer[length++] = (char)((more ? group | 0x20 : group) + 48);
            }
            while (more);
        }

        string counts = new(buffer, 0, length);
        ArrayPool<char>.Shared.Return(buffer);
        return counts;
    }

    /// <summary>COCO's string to runs, which sum to height * width.</summary>
    /// <exception cref="VisionException">
    /// <see cref="VisionErrorCode.InvalidRequest"/>: a foreign character, a broken number, a negative run, or runs that
    /// do not sum to the mask's pixels.
    /// </exception>
    public static uint[] Decompress(CocoRle rle)
    {
        ArgumentNullException.ThrowIfNull(rle);
        if (rle.Height < 1 || rle.Width < 1 || (long)rle.Height * rle.Width > int.MaxValue)
        {
            throw Invalid($"has no valid size ({rle.Height}x{rle.Width})");
        }

        var runs = new List<uint>(rle.Counts.Length / 2);
        long left = (long)rle.Height * rle.Width;
        for (int at = 0; at < rle.Counts.Length;)
        {
            long number = Number(rle.Counts, ref at) + (runs.Count > 2 ? runs[^2] : 0);
            left -= number;
            if (number < 0 || left < 0)
            {
                throw Invalid("has a run that is negative or too long");
            }

            runs.Add((uint)number);
        }

        return left == 0 ? [.. runs] : throw Invalid("ends before the last pixel");
    }

    /// <summary>A row-major mask of one byte a pixel, 1 inside.</summary>
    /// <exception cref="VisionException">As <see cref="Decompress"/>; also over <paramref name="maxPixels"/>.</exception>
    public static byte[] Decode(CocoRle rle, long maxPixels = 64_000_000)
    {
        ArgumentNullException.ThrowIfNull(rle);
        if ((long)rle.Height * rle.Width > maxPixels)
        {
            throw Invalid($"has more than {maxPixels} pixels");
        }

        uint[] runs = Decompress(rle);
        byte[] rows = new byte[rle.Height * rle.Width];
        MaskRuns.Fill(runs, rle.Height, rle.Width, rows, 1);
        return rows;
    }

    /// <summary>Pixels inside.</summary>
    public static long Area(CocoRle rle) => MaskRuns.Area(Decompress(rle));

    /// <summary>The tightest box; all zero where the mask is empty.</summary>
    public static PixelRect Box(CocoRle rle) => MaskRuns.Box(Decompress(rle), rle.Height);

    private static long Number(string counts, ref int at)
    {
        long number = 0;
        for (int shift = 0; ; shift += 5)
        {
            if (at == counts.Length || shift == 5 * MaxGroups)
            {
                throw Invalid("breaks off within a number");
            }

            int group = counts[at++] - 48;
            if (group is < 0 or > 0x3f)
            {
                throw Invalid("has a character that is not of the encoding");
            }

            number |= (long)(group & 0x1f) << shift;
            if ((group & 0x20) == 0)
            {
                return (group & 0x10) != 0 ? number | (-1L << (shift + 5)) : number;
            }
        }
    }

    private static VisionException Invalid(string what) =>
        new(VisionErrorCode.InvalidRequest, $"The run-length encoding {what}.");
}
