using System.Globalization;
using System.Text.Json;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Inference.Imaging.Isolation;

/// <summary>A process that decodes what comes in through its standard input until that is closed.</summary>
public static class DecoderWorker
{
    /// <summary>The server's first argument that makes it one.</summary>
    public const string Verb = "decode-pictures";

    /// <summary>Decodes.</summary>
    /// <param name="memoryBytes">Most memory of the process.</param>
    /// <param name="limits">The <see cref="ImageLimits"/>, as JSON.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(string memoryBytes, string limits)
    {
        var images = JsonSerializer.Deserialize<ImageLimits>(limits)!;
        ProcessLimits.Memory(long.Parse(memoryBytes, CultureInfo.InvariantCulture));
        var codec = new VipsImageCodec(images);
        using var input = new BufferedStream(Console.OpenStandardInput(), 1 << 16);
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        while (DecoderFrames.ReadRequest(input) is { } request)
        {
            ProcessLimits.ProcessorTime(images.DecodeTimeout + TimeSpan.FromSeconds(1));
            Answer(codec, request.Kind, request.Encoded, output);
        }

        return 0;
    }

    private static void Answer(VipsImageCodec codec, byte kind, byte[] encoded, Stream output)
    {
        try
        {
            if (kind == DecoderFrames.Header)
            {
                DecoderFrames.WriteHeader(output, codec.ReadHeader(encoded));
            }
            else
            {
                DecoderFrames.WritePixels(output, codec.Decode(encoded, CancellationToken.None));
            }
        }
        catch (VisionException error)
        {
            DecoderFrames.WriteError(output, error);
        }
        catch (OutOfMemoryException)
        {
            DecoderFrames.WriteError(
                output, new VisionException(VisionErrorCode.ImageTooLarge, "The picture takes more memory than a decoder may have."));
        }
    }
}
