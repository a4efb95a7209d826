using Microsoft.ML.OnnxRuntime;

namespace VisionCluster.Inference.Onnx.Recording;

/// <summary>A graph whose session can record its runs. Used by one thread at a time.</summary>
internal interface IRecordedGraph
{
    OrtIoBinding CreateBinding();

    /// <summary>Runs to the end.</summary>
    /// <param name="binding">Of the session's.</param>
    /// <param name="recording">
    /// 0: step by step. Another number: the first run with it, on inputs and outputs at fixed addresses, is recorded, later ones replay that.
    /// </param>
    /// <param name="limit">Longest run.</param>
    void Run(OrtIoBinding binding, int recording, RunLimit limit);

    /// <summary>Opens the session anew, as one that records nothing. Its bindings are gone before.</summary>
    void OpenAnew();
}
