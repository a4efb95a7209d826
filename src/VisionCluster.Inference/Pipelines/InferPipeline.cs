using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Pipelines;

/// <summary>Callers' tensors to a graph's outputs, with nothing of ours before or after.</summary>
internal sealed class InferPipeline(DeviceHost host)
{
    /// <exception cref="VisionException"><c>ModelNotFound</c>: no such graph, or not in this version; <c>InvalidRequest</c>.</exception>
    public async Task<InferResponse> RunAsync(InferRequest request, InferenceCall call)
    {
        var (model, role) = GraphMetadata.Split(request.Graph);
        using var hold = host.Hold(model);
        var graph = hold.Model.Graphs.FirstOrDefault(graph => graph.Role == role)
            ?? throw NotFound(request.Graph);
        var version = hold.Model.Manifest.Version;
        if (request.Version is { } wanted && wanted != version)
        {
            throw new VisionException(
                VisionErrorCode.ModelNotFound, $"Model '{request.Graph}' is loaded in version '{version}', not '{wanted}'.");
        }

        return new InferResponse(request.Graph, version, await graph.RunAsync(request, call), call.Stages.ToTimings());
    }

    /// <summary>The graph of a name, or all.</summary>
    /// <exception cref="VisionException"><c>ModelNotFound</c>.</exception>
    public IReadOnlyList<GraphMetadata> Describe(string? name)
    {
        var graphs = host.Graphs;
        return name is null ? graphs : [graphs.FirstOrDefault(graph => graph.Name == name) ?? throw NotFound(name)];
    }

    private static VisionException NotFound(string name) => new(
        VisionErrorCode.ModelNotFound, $"No model '{name}' is loaded; a name is a model's and its graph's, such as 'starter-clip.textEncoder'.");
}
