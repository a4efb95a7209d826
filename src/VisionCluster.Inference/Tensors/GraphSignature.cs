using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tensors;

/// <summary>What a graph takes and gives, and whether rows of different callers can share a run.</summary>
internal sealed class GraphSignature
{
    private readonly Dictionary<string, TensorMetadata> _outputs;
    private readonly HashSet<string> _perRow;

    private GraphSignature(OnnxGraph graph)
    {
        Inputs = [.. graph.Inputs.Values.Select(Describe)];
        Outputs = [.. graph.Outputs.Values.Select(Describe)];
        _outputs = Outputs.ToDictionary(output => output.Name, StringComparer.Ordinal);
        // A first dimension that is free may be anything, such as a picture's height: it is the batch where all inputs
        // call theirs by one name, and every output either by the same or has none.
        var batch = graph.Inputs.Values.First().BatchName;
        IsBatched = batch.Length > 0
            && graph.Inputs.Values.All(input => input.HasDynamicBatch && input.BatchName == batch)
            && graph.Outputs.Values.All(output => !output.HasDynamicBatch || output.BatchName == batch);
        _perRow = [.. graph.Outputs.Values.Where(output => output.HasDynamicBatch).Select(output => output.Name)];
    }

    /// <summary>All of them; the request's order is free.</summary>
    public IReadOnlyList<TensorMetadata> Inputs { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<TensorMetadata> Outputs { get; }

    /// <summary>Whether the first dimension of every input is the batch.</summary>
    public bool IsBatched { get; }

    /// <summary>Of a graph; null where it takes or gives what has no protocol type, such as strings.</summary>
    public static GraphSignature? Of(OnnxGraph graph) =>
        graph.Inputs.Count > 0 && graph.Inputs.Values.Concat(graph.Outputs.Values).All(tensor => tensor.ElementType.TryToProtocol(out _))
            ? new GraphSignature(graph)
            : null;

    /// <summary>Whether an output has a row for each of the batch; else it is the same for all.</summary>
    public bool IsPerRow(string output) => IsBatched && _perRow.Contains(output);

    /// <summary>A request's inputs in the graph's order.</summary>
    /// <exception cref="VisionException"><c>InvalidRequest</c> with all that does not fit.</exception>
    public IReadOnlyList<Tensor> Check(InferRequest request)
    {
        VisionException.ThrowIfAny(request.Violations());
        var found = new List<string>();
        var given = request.Inputs.ToDictionary(input => input.Name, StringComparer.Ordinal);
        var inputs = new List<Tensor>(Inputs.Count);
        foreach (var declared in Inputs)
        {
            if (!given.Remove(declared.Name, out var input))
            {
                found.Add($"Input '{declared.Name}' is missing.");
                continue;
            }

            Compare(declared, input, found);
            inputs.Add(input);
        }

        found.AddRange(given.Keys.Select(name =>
            $"'{request.Graph}' has no input '{name}', but {string.Join(", ", Inputs.Select(input => $"'{input.Name}'"))}."));
        found.AddRange(request.Outputs.Where(name => !_outputs.ContainsKey(name)).Select(name =>
            $"'{request.Graph}' has no output '{name}', but {string.Join(", ", _outputs.Keys.Select(output => $"'{output}'"))}."));
        if (found.Count == 0 && IsBatched && inputs.Exists(input => input.Shape[0] != inputs[0].Shape[0]))
        {
            found.Add("The first dimension of all inputs, the batch, must be the same.");
        }

        VisionException.ThrowIfAny(found);
        return inputs;
    }

    /// <summary>The outputs that a request wants.</summary>
    public IReadOnlyList<TensorMetadata> Wanted(InferRequest request) =>
        request.Outputs.Count == 0 ? Outputs : [.. request.Outputs.Select(name => _outputs[name])];

    private static void Compare(TensorMetadata declared, Tensor input, List<string> found)
    {
        if (input.Datatype != declared.Datatype)
        {
            found.Add($"Input '{input.Name}' is {declared.Datatype.NameOf()}, not {input.Datatype.NameOf()}.");
        }

        if (input.Shape.Count != declared.Shape.Count
            || input.Shape.Where((dimension, i) => declared.Shape[i] >= 0 && declared.Shape[i] != dimension).Any())
        {
            found.Add($"Input '{input.Name}' has the shape [{string.Join(", ", declared.Shape)}], not [{string.Join(", ", input.Shape)}].");
        }
    }

    private static TensorMetadata Describe(GraphTensor tensor)
    {
        tensor.ElementType.TryToProtocol(out var datatype);
        return new TensorMetadata(tensor.Name, datatype, [.. tensor.Dimensions.Select(static dimension => dimension < 0 ? -1L : dimension)]);
    }
}
