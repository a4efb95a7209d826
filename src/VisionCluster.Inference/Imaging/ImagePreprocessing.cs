namespace VisionCluster.Inference.Imaging;

/// <summary>How a picture becomes a model's input: the <c>image</c> block of a <c>model.json</c>.</summary>
public sealed record ImagePreprocessing
{
    /// <summary>The largest input side that is accepted.</summary>
    public const int MaxSize = 4096;

    /// <summary>Side of the square input, pixels.</summary>
    public required int Size { get; init; }

    /// <summary>How the picture is fitted.</summary>
    public ResizeMode Resize { get; init; }

    /// <summary>The filter.</summary>
    public Interpolation Interpolation { get; init; }

    /// <summary>Subtracted from each channel, in the unit of <see cref="Range"/>.</summary>
    public required float[] Mean { get; init; }

    /// <summary>Divides each channel after the mean is subtracted.</summary>
    public required float[] Std { get; init; }

    /// <summary>What white is: 255, or 1 where pixels are divided by 255 first.</summary>
    public int Range { get; init; } = 255;

    /// <summary>For <see cref="ResizeMode.ShortestSide"/>: most pixels of the longer side.</summary>
    public int MaxSide { get; init; } = MaxSize;

    /// <summary>For <see cref="ResizeMode.ShortestSide"/>: sides are padded with zeros to a multiple of it.</summary>
    public int PadMultiple { get; init; } = 1;

    /// <summary>For <see cref="ResizeMode.ShortestSide"/>: which channel comes first.</summary>
    public ChannelOrder Channels { get; init; }

    /// <summary>Bytes of one picture as float32 tensor.</summary>
    internal double TensorBytes => 3d * Size * Size * sizeof(float);

    /// <summary>Every violation; empty where the values can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (Size is < 1 or > MaxSize)
        {
            errors.Add($"image.size must be from 1 to {MaxSize}, not {Size}.");
        }

        if (!Enum.IsDefined(Resize))
        {
            errors.Add($"image.resize has no value {(int)Resize}.");
        }

        if (MaxSide < Size || MaxSide > MaxSize || PadMultiple is < 1 or > 256 || !Enum.IsDefined(Channels))
        {
            errors.Add($"image.maxSide must be from size to {MaxSize}, image.padMultiple from 1 to 256, image.channels rgb or bgr.");
        }

        if (!Enum.IsDefined(Interpolation))
        {
            errors.Add($"image.interpolation has no value {(int)Interpolation}.");
        }

        if (Mean is not { Length: 3 } || !Mean.All(float.IsFinite))
        {
            errors.Add("image.mean must be three finite numbers.");
        }

        if (Std is not { Length: 3 } || !Std.All(s => float.IsFinite(s) && s > 0))
        {
            errors.Add("image.std must be three positive numbers.");
        }

        if (Range is not (1 or 255))
        {
            errors.Add($"image.range must be 1 or 255, not {Range}.");
        }

        return errors;
    }
}
