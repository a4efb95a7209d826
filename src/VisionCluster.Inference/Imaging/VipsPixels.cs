using NetVips;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// Pixels of a libvips image as 8-bit RGB the way Pillow's <c>convert("RGB")</c> makes them: alpha is dropped without
/// compositing, grey is repeated, inks are multiplied, colour profiles are not applied.
/// </summary>
internal static class VipsPixels
{
    /// <summary>Decodes everything; a cancelled token ends it with a <see cref="VipsException"/>.</summary>
    public static unsafe RgbImage Read(Image image, CancellationToken cancellationToken)
    {
        using Image bytes = ToBytes(image);
        // Without somebody to report to, NetVips watches no token.
        bytes.SetProgress(Unheard.Instance, cancellationToken);
        byte[] rgb = GC.AllocateUninitializedArray<byte>(checked(3 * bytes.Width * bytes.Height));
        nint native = bytes.WriteToMemory(out ulong length);
        try
        {
            var source = new ReadOnlySpan<byte>((void*)native, checked((int)length));
            Copy(source, bytes.Bands, image.Interpretation == Enums.Interpretation.Cmyk, rgb);
        }
        finally
        {
            global::NetVips.NetVips.Free(native);
        }

        return new RgbImage(bytes.Width, bytes.Height, rgb);
    }

    /// <summary>The picture with 8-bit samples.</summary>
    // 16-bit samples keep their upper byte, as Pillow's PNG reader does it; other wide samples are clamped.
    public static Image ToBytes(Image image)
    {
        Enums.Interpretation space = image.Interpretation;
        if (space is Enums.Interpretation.Lab or Enums.Interpretation.Labs or Enums.Interpretation.Labq
            or Enums.Interpretation.Xyz or Enums.Interpretation.Scrgb)
        {
            return image.Colourspace(Enums.Interpretation.Srgb);
        }

        return image.Format == Enums.BandFormat.Uchar ? image.Copy() : image.Cast(
            Enums.BandFormat.Uchar, shift: image.Format == Enums.BandFormat.Ushort);
    }

    /// <summary>Samples of a picture's bands as RGB.</summary>
    public static void Copy(ReadOnlySpan<byte> source, int bands, bool inks, Span<byte> rgb)
    {
        if (bands == 3)
        {
            source.CopyTo(rgb);
            return;
        }

        (int green, int blue) = bands >= 3 ? (1, 2) : (0, 0);
        for (int to = 0, from = 0; to < rgb.Length; to += 3, from += bands)
        {
            if (inks && bands >= 4)
            {
                int light = 255 - source[from + 3];
                rgb[to] = Absorb(light, source[from]);
                rgb[to + 1] = Absorb(light, source[from + 1]);
                rgb[to + 2] = Absorb(light, source[from + 2]);
                continue;
            }

            rgb[to] = source[from];
            rgb[to + 1] = source[from + green];
            rgb[to + 2] = source[from + blue];
        }
    }

    private static byte Absorb(int light, int ink) => (byte)(light - (((light * ink) + 127) / 255));

    private sealed class Unheard : IProgress<int>
    {
        public static readonly Unheard Instance = new();

        public void Report(int value)
        {
        }
    }
}
