using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Tensors;

/// <summary>A graph that callers may run on tensors of their own, in the queue of everything else that it runs.</summary>
internal interface ITensorGraph
{
    /// <summary>What it is in its model, such as <c>textEncoder</c>.</summary>
    string Role { get; }

    /// <summary>What it takes and gives.</summary>
    GraphSignature Signature { get; }

    /// <summary>Runs it.</summary>
    /// <exception cref="Contracts.Errors.VisionException"><c>InvalidRequest</c>, and those of every queue.</exception>
    Task<IReadOnlyList<Tensor>> RunAsync(InferRequest request, InferenceCall call);
}
