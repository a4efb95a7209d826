using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging;

/// <summary>Turns bytes of unknown origin into pixels. Thread-safe.</summary>
public interface IImageCodec
{
    /// <summary>Recognises the format and checks every limit, without decoding.</summary>
    /// <exception cref="VisionException">
    /// <see cref="VisionErrorCode.InvalidRequest"/> (empty), <see cref="VisionErrorCode.UnsupportedImage"/>,
    /// <see cref="VisionErrorCode.CorruptImage"/> or <see cref="VisionErrorCode.ImageTooLarge"/>.
    /// </exception>
    ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded);

    /// <summary>Checks as <see cref="ReadHeader"/> does, then decodes the first frame upright.</summary>
    /// <exception cref="VisionException">As <see cref="ReadHeader"/>, or <see cref="VisionErrorCode.DeadlineExceeded"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    RgbImage Decode(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken);

    /// <summary>Decodes as <see cref="Decode"/> does, straight into a model's input: nothing of the picture is kept.</summary>
    /// <param name="encoded">The image.</param>
    /// <param name="preprocessor">How it becomes the input.</param>
    /// <param name="tensor">Its <see cref="ImagePreprocessor.TensorLength"/> numbers.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    void DecodeInto(
        ReadOnlyMemory<byte> encoded, ImagePreprocessor preprocessor, Memory<float> tensor, CancellationToken cancellationToken);
}
