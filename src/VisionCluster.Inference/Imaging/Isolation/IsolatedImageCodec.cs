using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging.Isolation;

/// <summary>
/// Decodes in processes of their own, which are started when they are needed and again when they have ended. What ends one
/// fails the picture that it had and no other. Pixels come through a pipe.
/// </summary>
public sealed class IsolatedImageCodec(
    ImageLimits limits, DecoderOptions options, DecoderCommand command, TimeProvider time, ILogger<IsolatedImageCodec> logger)
    : IImageCodec, IDisposable
{
    private const int Killed = 128 + 9;
    private const int OutOfProcessorTime = 128 + 24;

    /// <summary>A process gives a picture up by itself before it is given up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _places = new(options.Processes, options.Processes);
    private readonly ConcurrentStack<DecoderProcess> _idle = new();

    /// <summary>Numbers of the processes that wait for pictures.</summary>
    public IReadOnlyList<int> IdleProcesses => [.. _idle.Select(static process => process.Id)];

    /// <inheritdoc/>
    public ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded) =>
        Run(DecoderFrames.Header, encoded, stream => DecoderFrames.ReadHeader(stream, limits), CancellationToken.None);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded, CancellationToken cancellationToken) =>
        Run(DecoderFrames.Pixels, encoded, stream => DecoderFrames.ReadPixels(stream, limits), cancellationToken);

    /// <inheritdoc/>
    public void DecodeInto(
        ReadOnlyMemory<byte> encoded, ImagePreprocessor preprocessor, Memory<float> tensor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(preprocessor);
        preprocessor.Write(Decode(encoded, cancellationToken), tensor.Span);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _idle)
        {
            process.Dispose();
        }

        _idle.Clear();
        _places.Dispose();
    }

    private T Run<T>(byte kind, ReadOnlyMemory<byte> encoded, Func<Stream, T> read, CancellationToken cancellationToken)
    {
        if (encoded.Length > limits.MaxBytes)
        {
            throw new VisionException(
                VisionErrorCode.ImageTooLarge, $"The image has {encoded.Length} bytes; {limits.MaxBytes} are allowed.");
        }

        if (!_places.Wait(limits.DecodeTimeout, cancellationToken))
        {
            throw new VisionException(VisionErrorCode.Overloaded, "All decoders are busy.") { RetryAfter = Second };
        }

        try
        {
            var result = Ask(Next(), kind, encoded, read);
            cancellationToken.ThrowIfCancellationRequested();
            return result;
        }
        finally
        {
            _places.Release();
        }
    }

    private T Ask<T>(DecoderProcess process, byte kind, ReadOnlyMemory<byte> encoded, Func<Stream, T> read)
    {
        // Whoever waits has a thread blocked here for no longer than this.
        using var limit = new CancellationTokenSource(limits.DecodeTimeout + Grace, time);
        using var kill = limit.Token.Register(process.Kill);
        try
        {
            var result = process.Ask(kind, encoded.Span, read);
            _idle.Push(process);
            return result;
        }
        catch (VisionException)
        {
            // It said so itself, and waits for the next.
            _idle.Push(process);
            throw;
        }
        catch (InvalidDataException)
        {
            process.Dispose();
            throw Refusal(0, timedOut: false);
        }
        catch (IOException)
        {
            var code = process.End();
            process.Dispose();
            logger.DecoderEnded(code);
            throw Refusal(code, limit.IsCancellationRequested);
        }
    }

    private VisionException Refusal(int code, bool timedOut) => timedOut || code == OutOfProcessorTime
        ? new VisionException(VisionErrorCode.DeadlineExceeded, $"Decoding took more than {limits.DecodeTimeout}.")
        : code == Killed
            ? new VisionException(VisionErrorCode.DeviceFailed, "The decoder was ended while it had the picture.") { RetryAfter = Second }
            : new VisionException(VisionErrorCode.CorruptImage, "The picture ended its decoder.");

    /// <summary>A process that waits, or a new one; one that ended while it waited harms nobody.</summary>
    private DecoderProcess Next()
    {
        while (_idle.TryPop(out var process))
        {
            if (!process.HasExited)
            {
                return process;
            }

            process.Dispose();
        }

        return new DecoderProcess(command, options, limits);
    }
}
