using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Gateway.Tests.OpenInference;

/// <summary>Inputs for a starter model's graph, and what ONNX Runtime by itself makes of them.</summary>
/// <param name="Graph">Name of the graph as the protocol has it.</param>
/// <param name="Inputs">Made by a seed.</param>
/// <param name="Outputs">Of a session without this server.</param>
internal sealed record GraphSample(string Graph, IReadOnlyList<RawTensor> Inputs, IReadOnlyList<RawTensor> Outputs)
{
    /// <summary>Every graph of the starter models, with its file.</summary>
    public static readonly IReadOnlyDictionary<string, string> Files = new Dictionary<string, string>
    {
        ["starter-clip.imageEncoder"] = "starter-clip/vision_model.onnx",
        ["starter-clip.textEncoder"] = "starter-clip/text_model.onnx",
        ["starter-sam.imageEncoder"] = "starter-sam/vision_encoder.onnx",
        ["starter-sam.maskDecoder"] = "starter-sam/mask_decoder.onnx",
        ["starter-regionclip.detector"] = "starter-regionclip/detector.onnx",
        ["starter-regionclip.regionEncoder"] = "starter-regionclip/region_encoder.onnx",
    };

    public static InferenceSession Open(string graph) => new(Path.Combine(AppContext.BaseDirectory, "models", Files[graph]));

    /// <summary>Version of the model that a graph belongs to, as its manifest has it.</summary>
    public static string VersionOf(string graph)
    {
        var manifest = Path.Combine(AppContext.BaseDirectory, "models", graph.Split('.')[0], "model.json");
        return JsonDocument.Parse(File.ReadAllBytes(manifest)).RootElement.GetProperty("version").GetString()!;
    }

    /// <summary>A request of so many rows.</summary>
    public static GraphSample Of(string graph, int rows = 1, int seed = 1)
    {
        using var session = Open(graph);
        var random = new Random(seed);
        var inputs = session.InputMetadata.Select(input => Make(input.Key, input.Value, rows, random)).ToArray();
        return new GraphSample(graph, inputs, Run(session, inputs));
    }

    /// <summary>What one session makes of tensors.</summary>
    public static RawTensor[] Run(InferenceSession session, IReadOnlyList<RawTensor> inputs)
    {
        var values = inputs.ToDictionary(
            input => input.Name,
            input => input.Datatype == "INT64"
                ? OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, long>(input.Data).ToArray(), input.Shape)
                : OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(input.Data).ToArray(), input.Shape));
        using var options = new RunOptions();
        using var outputs = session.Run(options, values, [.. session.OutputMetadata.Keys]);
        return [.. session.OutputMetadata.Keys.Zip(outputs, (name, value) => new RawTensor(
            name, "FP32", value.GetTensorTypeAndShape().Shape, MemoryMarshal.AsBytes(value.GetTensorDataAsSpan<float>()).ToArray()))];
    }

    private static RawTensor Make(string name, NodeMetadata metadata, int rows, Random random)
    {
        var shape = metadata.Dimensions.Select((dimension, i) => dimension >= 0 ? dimension : (long)Free(metadata.SymbolicDimensions[i], rows)).ToArray();
        var count = (int)shape.Aggregate(1L, static (a, b) => a * b);
        if (metadata.ElementDataType == TensorElementType.Int64)
        {
            // Token ids; of a region encoder's batch the only picture.
            var integers = Enumerable.Range(0, count).Select(_ => name == "batch_indices" ? 0L : random.Next(1, 200)).ToArray();
            return new RawTensor(name, "INT64", shape, MemoryMarshal.AsBytes(integers.AsSpan()).ToArray());
        }

        var floats = Enumerable.Range(0, count).Select(i => Value(name, i, random)).ToArray();
        return new RawTensor(name, "FP32", shape, MemoryMarshal.AsBytes(floats.AsSpan()).ToArray());
    }

    private static int Free(string name, int rows) => name switch
    {
        "height" or "width" => 64,
        "points" => 2,
        "regions" => 3,
        "batch" or "texts" => rows,
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"What is '{name}'?")),
    };

    private static float Value(string name, int index, Random random) => name switch
    {
        "boxes" => (index % 4 < 2 ? 10 : 90) + random.Next(40),
        "point_coords" => random.Next(256),
        "point_labels" => 1,
        "mask_input" or "has_mask_input" => 0,
        _ => (float)((random.NextDouble() * 4) - 2),
    };
}
