using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace VisionCluster.Inference.Onnx;

/// <summary>
/// Writes ONNX models (onnx.proto3 of github.com/onnx/onnx, IR version 8), so that small graphs of our own need no binary
/// in the repository.
/// </summary>
/// <param name="operatorSet">Version of the operators, 13 to 18.</param>
internal sealed class OnnxModelWriter(int operatorSet = 13)
{
    private const int IrVersion = 8;

    private readonly ProtoWriter _graph = new();

    /// <summary>Adds a node.</summary>
    /// <param name="type">Its operator.</param>
    /// <param name="inputs">Names.</param>
    /// <param name="outputs">Names.</param>
    /// <param name="attributes">Integers, floats, texts or lists of integers by name.</param>
    public OnnxModelWriter Node(string type, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var node = new ProtoWriter();
        Array.ForEach(inputs, name => node.Text(1, name));
        Array.ForEach(outputs, name => node.Text(2, name));
        node.Text(4, type);
        foreach (var (name, value) in attributes)
        {
            node.Message(5, Attribute(name, value));
        }

        _graph.Message(1, node);
        return this;
    }

    /// <summary>Adds a constant of floats.</summary>
    public OnnxModelWriter Constant(string name, long[] shape, params float[] values) =>
        Constant(name, shape, 1, MemoryMarshal.AsBytes<float>(values));

    /// <summary>Adds a constant of integers.</summary>
    public OnnxModelWriter Constant(string name, long[] shape, params long[] values) =>
        Constant(name, shape, 7, MemoryMarshal.AsBytes<long>(values));

    /// <summary>Declares a float input; -1 is a free dimension.</summary>
    public OnnxModelWriter Input(string name, params long[] shape) => Declare(11, name, 1, shape);

    /// <summary>Declares an input of any shape.</summary>
    public OnnxModelWriter Input(string name, TensorElementType type) => Declare(11, name, (int)type, null);

    /// <summary>Declares an output of any shape.</summary>
    public OnnxModelWriter Output(string name, TensorElementType type) => Declare(12, name, (int)type, null);

    /// <summary>Declares an output, of floats unless it says otherwise; -1 is a free dimension.</summary>
    public OnnxModelWriter Output(string name, bool integers, params long[] shape) => Declare(12, name, integers ? 7 : 1, shape);

    /// <summary>Writes the file.</summary>
    public void Save(string path) => File.WriteAllBytes(path, ToArray());

    /// <summary>The file's bytes.</summary>
    public byte[] ToArray()
    {
        _graph.Text(2, "graph");
        var model = new ProtoWriter();
        model.Number(1, IrVersion);
        var operators = new ProtoWriter();
        operators.Text(1, "");
        operators.Number(2, operatorSet);
        model.Message(8, operators);
        model.Message(7, _graph);
        return model.ToArray();
    }

    private static ProtoWriter Attribute(string name, object value)
    {
        var attribute = new ProtoWriter();
        attribute.Text(1, name);
        switch (value)
        {
            case long number:
                attribute.Number(3, number);
                attribute.Number(20, 2);
                break;
            case float number:
                attribute.Single(2, number);
                attribute.Number(20, 1);
                break;
            case string text:
                attribute.Text(4, text);
                attribute.Number(20, 3);
                break;
            case long[] numbers:
                Array.ForEach(numbers, number => attribute.Number(8, number));
                attribute.Number(20, 7);
                break;
            default:
                throw new ArgumentException($"No attribute is written of {value.GetType()}.", nameof(value));
        }

        return attribute;
    }

    private OnnxModelWriter Constant(string name, long[] shape, int type, ReadOnlySpan<byte> data)
    {
        var tensor = new ProtoWriter();
        Array.ForEach(shape, side => tensor.Number(1, side));
        tensor.Number(2, type);
        tensor.Text(8, name);
        tensor.Bytes(9, data);
        _graph.Message(5, tensor);
        return this;
    }

    private OnnxModelWriter Declare(int field, string name, int type, long[]? shape)
    {
        var tensor = new ProtoWriter();
        tensor.Number(1, type);
        if (shape is not null)
        {
            tensor.Message(2, Sides(name, shape));
        }

        var declared = new ProtoWriter();
        declared.Message(1, tensor);
        var value = new ProtoWriter();
        value.Text(1, name);
        value.Message(2, declared);
        _graph.Message(field, value);
        return this;
    }

    private static ProtoWriter Sides(string name, long[] shape)
    {
        var sides = new ProtoWriter();
        for (var i = 0; i < shape.Length; i++)
        {
            var side = new ProtoWriter();
            if (shape[i] < 0)
            {
                side.Text(2, $"{name}_{i}");
            }
            else
            {
                side.Number(1, shape[i]);
            }

            sides.Message(1, side);
        }

        return sides;
    }

    /// <summary>Fields of a Protocol Buffers message.</summary>
    private sealed class ProtoWriter
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public void Number(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
        }

        public void Single(int field, float value)
        {
            Varint(((ulong)field << 3) | 5);
            _bytes.Write(BitConverter.GetBytes(value));
        }

        public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public void Message(int field, ProtoWriter value) => Bytes(field, value.ToArray());

        public void Bytes(int field, ReadOnlySpan<byte> value)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            _bytes.Write(value);
        }

        public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                _bytes.Write([(byte)(value | 0x80)]);
            }

            _bytes.Write([(byte)value]);
        }
    }
}
