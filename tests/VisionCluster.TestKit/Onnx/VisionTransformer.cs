using System.Globalization;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.TestKit.Onnx;

/// <summary>
/// CLIP's image encoder ViT-B/32 (Radford et al. 2021, arXiv 2103.00020; Dosovitskiy et al. 2020, arXiv 2010.11929) with
/// random weights: the arithmetic of the real one, and none of its knowledge.
/// </summary>
public sealed class VisionTransformer
{
    /// <summary>Side of its pictures.</summary>
    public const int Side = 224;

    private const int Patch = 32;
    private const int Tokens = (Side / Patch * (Side / Patch)) + 1;
    private const int Width = 768;
    private const int Layers = 12;
    private const int Heads = 12;

    private readonly OnnxModelWriter _model = new(operatorSet: 17);
    private readonly Random _random = new(7);

    private VisionTransformer()
    {
    }

    /// <summary>Writes it: <c>pixel_values</c> [batch, 3, 224, 224] to <c>image_embeds</c> [batch, width].</summary>
    public static void Save(string path, int embeddingWidth)
    {
        var transformer = new VisionTransformer();
        transformer.Build(embeddingWidth);
        transformer._model.Save(path);
    }

    private static string Id(params object[] parts) => string.Join('_', parts.Select(part => Convert.ToString(part, CultureInfo.InvariantCulture)));

    private void Build(int embeddingWidth)
    {
        _model.Input("pixel_values", -1, 3, Side, Side)
            .Constant("flat", [3], 0L, Width, Tokens - 1).Constant("split", [4], 0L, Tokens, Heads, Width / Heads)
            .Constant("joined", [3], 0L, Tokens, Width).Constant("first", [], 0L).Constant("zero", [1], 0L)
            .Constant("one_token", [2], 1L, Width).Constant("scale", [], 1 / MathF.Sqrt(Width / Heads)).Constant("steepness", [], 1.702f);
        Weights("patches", 3 * Patch * Patch, Width, 3, Patch, Patch);
        Weights("class", 1, 1, 1, Width);
        Weights("positions", 1, 1, Tokens, Width);
        _model.Node("Conv", ["pixel_values", "patches"], ["grid"], ("strides", new long[] { Patch, Patch }))
            .Node("Reshape", ["grid", "flat"], ["columns"])
            .Node("Transpose", ["columns"], ["rows"], ("perm", new long[] { 0, 2, 1 }))
            .Node("Shape", ["pixel_values"], ["shape"]).Node("Gather", ["shape", "zero"], ["batch"])
            .Node("Concat", ["batch", "one_token"], ["class_shape"], ("axis", 0L))
            .Node("Expand", ["class", "class_shape"], ["classes"])
            .Node("Concat", ["classes", "rows"], ["tokens"], ("axis", 1L))
            .Node("Add", ["tokens", "positions"], ["placed"]);
        var hidden = Normalize("before", "placed");
        for (var layer = 0; layer < Layers; layer++)
        {
            hidden = Add(layer, "attended", hidden, Attention(layer, Normalize(Id(layer, "norm1"), hidden)));
            hidden = Add(layer, "out", hidden, Perceptron(layer, Normalize(Id(layer, "norm2"), hidden)));
        }

        _model.Node("Gather", [hidden, "first"], ["pooled"], ("axis", 1L));
        Weights("projection", Width, Width, embeddingWidth);
        _model.Node("MatMul", [Normalize("after", "pooled"), "projection"], ["image_embeds"]).Output("image_embeds", false, -1, embeddingWidth);
    }

    private string Attention(int layer, string input)
    {
        var (query, key, value) = (Id(layer, "query"), Id(layer, "key"), Id(layer, "value"));
        foreach (var name in new[] { query, key, value })
        {
            long[] order = name == key ? [0, 2, 3, 1] : [0, 2, 1, 3];
            _model.Node("Reshape", [Linear(name, input, Width, Width), "split"], [Id(name, "split")])
                .Node("Transpose", [Id(name, "split")], [Id(name, "heads")], ("perm", order));
        }

        _model.Node("MatMul", [Id(query, "heads"), Id(key, "heads")], [Id(layer, "products")])
            .Node("Mul", [Id(layer, "products"), "scale"], [Id(layer, "scores")])
            .Node("Softmax", [Id(layer, "scores")], [Id(layer, "shares")], ("axis", -1L))
            .Node("MatMul", [Id(layer, "shares"), Id(value, "heads")], [Id(layer, "mixed")])
            .Node("Transpose", [Id(layer, "mixed")], [Id(layer, "turned")], ("perm", new long[] { 0, 2, 1, 3 }))
            .Node("Reshape", [Id(layer, "turned"), "joined"], [Id(layer, "merged")]);
        return Linear(Id(layer, "projected"), Id(layer, "merged"), Width, Width);
    }

    /// <summary>Two layers with CLIP's x * sigmoid(1.702 x) between.</summary>
    private string Perceptron(int layer, string input)
    {
        var inner = Linear(Id(layer, "inner"), input, Width, 4 * Width);
        _model.Node("Mul", [inner, "steepness"], [Id(inner, "steep")])
            .Node("Sigmoid", [Id(inner, "steep")], [Id(inner, "gate")])
            .Node("Mul", [inner, Id(inner, "gate")], [Id(inner, "gelu")]);
        return Linear(Id(layer, "outer"), Id(inner, "gelu"), 4 * Width, Width);
    }

    private string Add(int layer, string name, string left, string right)
    {
        _model.Node("Add", [left, right], [Id(layer, name)]);
        return Id(layer, name);
    }

    private string Linear(string name, string input, int from, int to)
    {
        Weights(Id(name, "weight"), from, from, to);
        Weights(Id(name, "bias"), from, to);
        _model.Node("MatMul", [input, Id(name, "weight")], [Id(name, "product")])
            .Node("Add", [Id(name, "product"), Id(name, "bias")], [name]);
        return name;
    }

    private string Normalize(string name, string input)
    {
        _model.Constant(Id(name, "gain"), [Width], [.. Enumerable.Repeat(1f, Width)])
            .Constant(Id(name, "shift"), [Width], new float[Width])
            .Node("LayerNormalization", [input, Id(name, "gain"), Id(name, "shift")], [name], ("axis", -1L), ("epsilon", 1e-5f));
        return name;
    }

    /// <summary>Uniform numbers that keep the size of what goes through them.</summary>
    private void Weights(string name, int inputs, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        var range = MathF.Sqrt(3f / inputs);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ((2 * _random.NextSingle()) - 1) * range;
        }

        _model.Constant(name, shape, values);
    }
}
