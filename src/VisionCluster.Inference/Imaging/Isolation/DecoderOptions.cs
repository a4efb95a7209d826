using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Inference.Imaging.Isolation;

/// <summary>
/// Where pictures are decoded; section <c>Vision:Decoder</c>. In processes of their own a picture that breaks the native decoder
/// costs that process and nothing else.
/// </summary>
public sealed class DecoderOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Decoder";

    /// <summary>Processes that decode; 0: the server's own does.</summary>
    [Range(0, 256)]
    public int Processes { get; set; }

    /// <summary>Most bytes of memory of each process, where the system can limit them (Linux).</summary>
    [Range(256L << 20, 1L << 40)]
    public long MemoryBytes { get; set; } = 1L << 30;
}
