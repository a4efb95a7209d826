using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Clip;

/// <summary>
/// The inputs through which exports take texts: <c>input_ids</c> and maybe <c>attention_mask</c>, each int64 or int32
/// <c>[batch, context]</c>.
/// </summary>
internal static class TextInputs
{
    /// <summary>Name of the tokens' input.</summary>
    public const string Ids = "input_ids";

    private const string Mask = "attention_mask";

    public static bool Has(string name) => name is Ids or Mask;

    /// <summary>Allocates those that the graph has.</summary>
    public static void Add(BoundRun run, OnnxGraph graph, int batch, int context)
    {
        foreach (var input in graph.Inputs.Values.Where(static input => Has(input.Name)))
        {
            if (input.ElementType == TensorElementType.Int64)
            {
                run.AddInput<long>(input.Name, batch, context);
            }
            else
            {
                run.AddInput<int>(input.Name, batch, context);
            }
        }
    }

    /// <summary>Writes one text into them.</summary>
    public static void Fill(BoundRun run, OnnxGraph graph, int item, TokenRow row)
    {
        foreach (var input in graph.Inputs.Values.Where(static input => Has(input.Name)))
        {
            if (input.ElementType == TensorElementType.Int64)
            {
                Write(run.Input<long>(input.Name).Row(item), input.Name, row, static id => id);
            }
            else
            {
                Write(run.Input<int>(input.Name).Row(item), input.Name, row, static id => (int)id);
            }
        }
    }

    private static void Write<T>(Span<T> values, string name, TokenRow row, Func<long, T> convert)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = convert(name == Ids ? row.Ids[i] : i < row.Length ? 1 : 0);
        }
    }
}
