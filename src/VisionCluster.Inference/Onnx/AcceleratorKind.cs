using System.Text.Json.Serialization;

namespace VisionCluster.Inference.Onnx;

/// <summary>What a device is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AcceleratorKind>))]
public enum AcceleratorKind
{
    /// <summary>The machine's processors.</summary>
    Cpu = 0,

    /// <summary>One NVIDIA GPU through ONNX Runtime's CUDA execution provider; needs a build with <c>-p:Accelerator=cuda</c>.</summary>
    Cuda = 1,
}
