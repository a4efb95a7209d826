using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Inference.Onnx;

/// <summary>How ONNX Runtime sessions are made; section <c>Vision:Onnx</c>.</summary>
public sealed class OnnxOptions : IValidatableObject
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Onnx";

    /// <summary>Threads of one run on a CPU; 0 is one a core.</summary>
    [Range(0, 256)]
    public int IntraOpThreads { get; set; }

    /// <summary>Whether idle threads of a run spin; faster on cores of one's own, much slower on shared ones.</summary>
    public bool AllowSpinning { get; set; }

    /// <summary>
    /// Whether every graph keeps the memory that its largest run on a CPU needed. Without, the system gives it anew to
    /// every run, which costs encoders next to nothing and mask decoders, with their many short steps, up to half of their
    /// time. Null: only mask decoders keep it.
    /// </summary>
    public bool? KeepRunMemory { get; set; }

    /// <summary>Most bytes of a CUDA device's arena; 0 is without limit.</summary>
    [Range(0, long.MaxValue)]
    public long CudaMemoryLimitBytes { get; set; }

    /// <summary>
    /// Whether graphs give back what lies free in their arenas after a run of one of them did not fit. On a CPU only those that
    /// keep the memory of their runs have one.
    /// </summary>
    public bool ShrinkArenas { get; set; }

    /// <summary>
    /// Whether the embeddings that clicks read stay in the device's own memory between the image encoder and the mask decoder.
    /// Null: on a CUDA device. On a CPU it is the same memory and gains nothing.
    /// </summary>
    public bool? KeepEmbeddingsOnDevice { get; set; }

    /// <summary>Whether TensorRT runs what it can, CUDA the rest. Where its libraries are missing the server says so and does without.</summary>
    public bool UseTensorRt { get; set; }

    /// <summary>Where TensorRT keeps engines between starts; none: they are built at every start.</summary>
    public string? TensorRtCacheFolder { get; set; }

    /// <summary>Whether TensorRT may compute in float16, faster and less exact.</summary>
    public bool TensorRtHalfPrecision { get; set; }

    /// <summary>
    /// Whether a CUDA device replays the runs of a graph from recordings, with one launch instead of one for each step. The warm-up
    /// records each batch size; a graph that ONNX Runtime cannot record runs as without.
    /// </summary>
    public bool CudaGraphs { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CudaGraphs && UseTensorRt)
        {
            yield return new ValidationResult(
                $"{Section}:CudaGraphs and {Section}:UseTensorRt exclude one another: what TensorRT runs, CUDA cannot record.",
                [nameof(CudaGraphs), nameof(UseTensorRt)]);
        }
    }
}
