using System.Diagnostics;
using NetVips;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging;

/// <summary>Decodes with libvips. JPEG pixels are those of libjpeg-turbo's default inverse transform, as Pillow's are.</summary>
public sealed class VipsImageCodec(ImageLimits limits) : IImageCodec
{
    /// <inheritdoc/>
    public ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded)
    {
        string format = Recognise(encoded);
        if (format == "bmp")
        {
            return BmpReader.ReadHeader(encoded.Span, limits);
        }

        using Image image = Open(encoded, Enums.Access.Sequential);
        return Check(image, format, out _);
    }

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string format = Recognise(encoded);
        if (format == "bmp")
        {
            return BmpReader.Decode(encoded.Span, limits);
        }

        long started = Stopwatch.GetTimestamp();
        using var timeout = new CancellationTokenSource(limits.DecodeTimeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using Image image = Open(encoded, Enums.Access.Sequential);
            Check(image, format, out bool turned);
            RgbImage pixels = turned ? ReadUpright(encoded, either.Token) : VipsPixels.Read(image, either.Token);

            // libvips looks at the token between strips only: a small picture ends before it does.
            cancellationToken.ThrowIfCancellationRequested();
            return Stopwatch.GetElapsedTime(started) > limits.DecodeTimeout ? throw TooSlow(null) : pixels;
        }
        catch (VipsException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timeout.IsCancellationRequested ? TooSlow(failure) : Corrupt(failure);
        }
    }

    /// <inheritdoc/>
    public void DecodeInto(
        ReadOnlyMemory<byte> encoded, ImagePreprocessor preprocessor, Memory<float> tensor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        cancellationToken.ThrowIfCancellationRequested();
        string format = Recognise(encoded);
        if (format == "bmp")
        {
            preprocessor.Write(BmpReader.Decode(encoded.Span, limits), tensor.Span);
            return;
        }

        long started = Stopwatch.GetTimestamp();
        using Image image = Open(encoded, Enums.Access.Sequential);
        Check(image, format, out bool turned);
        if (turned)
        {
            preprocessor.Write(Decode(encoded, cancellationToken), tensor.Span);
            return;
        }

        try
        {
            using var rows = new VipsRows(image, () =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Stopwatch.GetElapsedTime(started) > limits.DecodeTimeout)
                {
                    throw TooSlow(null);
                }
            });
            preprocessor.Write(rows, tensor.Span);
            rows.Finish();
        }
        catch (VipsException failure)
        {
            throw Corrupt(failure);
        }
    }

    /// <summary>A picture that is turned is read in another order than it is stored.</summary>
    private static RgbImage ReadUpright(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken)
    {
        using Image stored = Open(encoded, Enums.Access.Random);
        using Image upright = stored.Autorot();
        return VipsPixels.Read(upright, cancellationToken);
    }

    private VisionException TooSlow(VipsException? failure) => new(
        VisionErrorCode.DeadlineExceeded, $"Decoding took more than {limits.DecodeTimeout}.", failure);

    private static VisionException Corrupt(VipsException failure) =>
        new(VisionErrorCode.CorruptImage, "The image is damaged or incomplete.", failure);

    private static Image Open(ReadOnlyMemory<byte> encoded, Enums.Access access)
    {
        VipsRuntime.Ensure();
        try
        {
            return Image.NewFromBuffer(encoded.Span, "", access, Enums.FailOn.Truncated);
        }
        catch (VipsException failure)
        {
            throw Corrupt(failure);
        }
    }

    private string Recognise(ReadOnlyMemory<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            throw new VisionException(VisionErrorCode.InvalidRequest, "The image is empty.");
        }

        if (encoded.Length > limits.MaxBytes)
        {
            throw new VisionException(
                VisionErrorCode.ImageTooLarge, $"The image has {encoded.Length} bytes; {limits.MaxBytes} are allowed.");
        }

        string format = ImageFormats.Recognise(encoded.Span) ?? throw new VisionException(
            VisionErrorCode.UnsupportedImage, "The bytes are no JPEG, PNG, WebP, GIF, BMP or TIFF image.");
        if (format == "png" && ImageFormats.PngSize(encoded.Span) is { } size)
        {
            // libvips reads on to the first pixels before it tells a PNG's size: a bomb is refused here, for nothing.
            limits.Check(size.Width, size.Height);
        }

        return format;
    }

    private ImageHeader Check(Image image, string format, out bool turned)
    {
        int orientation = image.Contains("orientation") && image.Get("orientation") is int value ? value : 1;
        turned = orientation is > 1 and <= 8;
        limits.Check(image.Width, image.Height);
        if (image.Contains("n-pages") && image.Get("n-pages") is int frames && frames > limits.MaxFrames)
        {
            throw new VisionException(
                VisionErrorCode.ImageTooLarge, $"The image has {frames} frames; {limits.MaxFrames} are allowed.");
        }

        return orientation is >= 5 and <= 8
            ? new ImageHeader(image.Height, image.Width, format)
            : new ImageHeader(image.Width, image.Height, format);
    }
}
