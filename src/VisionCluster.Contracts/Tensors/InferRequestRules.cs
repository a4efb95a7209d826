namespace VisionCluster.Contracts.Tensors;

/// <summary>What an <see cref="InferRequest"/> must keep to.</summary>
internal static class InferRequestRules
{
    private const int MaxNameLength = 256;

    public static List<string> Violations(InferRequest request)
    {
        var found = new List<string>();
        if (request.Inputs is not { Count: >= 1 and <= InferRequest.MaxTensors })
        {
            found.Add($"'inputs' must hold 1 to {InferRequest.MaxTensors} tensors.");
            return found;
        }

        if (request.Outputs is null || request.Outputs.Count > InferRequest.MaxTensors)
        {
            found.Add($"'outputs' may name at most {InferRequest.MaxTensors} tensors.");
            return found;
        }

        foreach (var input in request.Inputs)
        {
            Check(input, found);
        }

        CheckNames(request.Inputs.Select(static input => input?.Name), "inputs", found);
        CheckNames(request.Outputs, "outputs", found);
        if (found.Count == 0 && request.Inputs.Sum(static input => (long)input.Data.Length) > InferRequest.MaxBytes)
        {
            found.Add($"The inputs have more than {InferRequest.MaxBytes} bytes together.");
        }

        return found;
    }

    private static void CheckNames(IEnumerable<string?> names, string path, List<string> found)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name is not { Length: >= 1 and <= MaxNameLength })
            {
                found.Add($"Every tensor of '{path}' must have a name of at most {MaxNameLength} characters.");
                return;
            }

            if (!seen.Add(name))
            {
                found.Add($"'{path}' names '{name}' twice.");
            }
        }
    }

    private static void Check(Tensor? input, List<string> found)
    {
        if (input?.Shape is null || !Enum.IsDefined(input.Datatype))
        {
            found.Add("Every input must have a shape and a known datatype.");
        }
        else if (!input.Datatype.TrySizeOf(input.Shape, out var bytes))
        {
            found.Add($"The shape of input '{input.Name}' must have at most {Tensor.MaxDimensions} dimensions, each at least 1, "
                + $"and claim at most {InferRequest.MaxBytes} bytes.");
        }
        else if (input.Data.Length != bytes)
        {
            found.Add($"Input '{input.Name}' has {input.Data.Length} bytes; its shape and datatype claim {bytes}.");
        }
        else if (input.Datatype == TensorDatatype.Bool && input.Data.Span.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            found.Add($"Input '{input.Name}' is BOOL; its bytes must be 0 or 1.");
        }
    }
}
