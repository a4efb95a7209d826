using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging;

/// <summary>
/// Turns pictures into a model's input tensor: resized exactly as Pillow does it, normalised, planar (channel, row,
/// column), and padded with zeros where the resize mode pads. Thread-safe.
/// </summary>
public sealed class ImagePreprocessor
{
    private readonly float[] _lookup = new float[3 * 256];

    /// <summary>For the model of these options.</summary>
    /// <exception cref="VisionException"><see cref="VisionErrorCode.InvalidRequest"/>: the options break a rule.</exception>
    public ImagePreprocessor(ImagePreprocessing options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } errors)
        {
            throw VisionException.Invalid(errors);
        }

        Options = options;
        for (int i = 0; i < _lookup.Length; i++)
        {
            (int channel, int level) = (i / 256, i % 256);
            float value = options.Range == 1 ? level / 255f : level;
            _lookup[i] = (value - options.Mean[channel]) / options.Std[channel];
        }
    }

    /// <summary>What is done.</summary>
    public ImagePreprocessing Options { get; }

    /// <summary>Numbers of one input: 3 * size * size.</summary>
    public int TensorLength => 3 * Options.Size * Options.Size;

    /// <summary>Writes a whole picture.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="tensor">[3, size, size], all of it is written.</param>
    /// <returns>Where the picture landed.</returns>
    /// <exception cref="ArgumentException">The tensor is of another length.</exception>
    public ResizeGeometry Write(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        return WriteRegion(image, new PixelRect(0, 0, image.Width, image.Height), tensor);
    }

    /// <summary>Writes a region as if it were a picture of its own.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="region">May reach beyond the picture, whose part of it counts.</param>
    /// <param name="tensor">[3, size, size], all of it is written.</param>
    /// <exception cref="ArgumentException">The tensor is of another length.</exception>
    public void Write(RgbImage image, PixelRect region, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        WriteRegion(image, region.ClampTo(image.Width, image.Height), tensor);
    }

    /// <summary>
    /// Writes a whole picture for encoders that normalise and pad by themselves: resized, [height, width, 3], values
    /// from 0 to 255.
    /// </summary>
    /// <param name="image">The picture.</param>
    /// <param name="tensor">At least 3 * resized height * resized width numbers.</param>
    /// <returns>Where the picture landed; its resized size is the shape.</returns>
    public ResizeGeometry WriteBytesHwc(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        return WriteBytesHwc(image, new PixelRect(0, 0, image.Width, image.Height), tensor);
    }

    /// <summary>The same for a region as if it were a picture of its own.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="region">A part of the picture.</param>
    /// <param name="tensor">At least 3 * resized height * resized width numbers.</param>
    public ResizeGeometry WriteBytesHwc(RgbImage image, PixelRect region, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        region = region.ClampTo(image.Width, image.Height);
        ResizeGeometry geometry = ResizeGeometry.For(Options, region.Width, region.Height);
        (int width, int height) = CutSize(geometry);
        var sink = new InterleavedSink(tensor[..(3 * width * height)]);
        PillowResampler.Resize(new MemoryRows(image, region), geometry, width, height, Options.Interpolation, ref sink);
        return geometry;
    }

    /// <summary>Writes a picture whose rows come as they are decoded.</summary>
    internal void Write(IRowSource rows, Span<float> tensor) => WriteRows(rows, tensor);

    private ResizeGeometry WriteRegion(RgbImage image, PixelRect region, Span<float> tensor) =>
        WriteRows(new MemoryRows(image, region), tensor);

    private ResizeGeometry WriteRows<TSource>(TSource rows, Span<float> tensor)
        where TSource : IRowSource
    {
        if (tensor.Length != TensorLength)
        {
            throw new ArgumentException($"The tensor has {tensor.Length} numbers, not {TensorLength}.", nameof(tensor));
        }

        ResizeGeometry geometry = ResizeGeometry.For(Options, rows.Width, rows.Height);
        (int width, int height) = CutSize(geometry);
        int size = Options.Size;
        var sink = new PlanarSink(tensor, _lookup, size);
        PillowResampler.Resize(rows, geometry, width, height, Options.Interpolation, ref sink);
        for (int channel = 0; channel < 3; channel++)
        {
            tensor.Slice(size * ((channel * size) + height), size * (size - height)).Clear();
        }

        return geometry;
    }

    private (int Width, int Height) CutSize(ResizeGeometry geometry) =>
        (Math.Min(Options.Size, geometry.ResizedWidth), Math.Min(Options.Size, geometry.ResizedHeight));
}
