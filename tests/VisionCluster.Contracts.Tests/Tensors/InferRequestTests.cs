using CsCheck;
using VisionCluster.Contracts.Tensors;

namespace VisionCluster.Contracts.Tests.Tensors;

/// <summary>Tensors' sizes are what their shapes claim, whatever they claim.</summary>
public sealed class InferRequestTests
{
    [Fact]
    public void TrySizeOf_AnyShape_IsTheProductOrRefused() => Gen
        .Select(Gen.OneOf(Gen.Long, Gen.Long[-2, 5], Gen.Long[1, 1 << 20]).Array[0, 10], Gen.Enum<TensorDatatype>())
        .Sample((shape, datatype) =>
        {
            var product = shape.Aggregate((System.Numerics.BigInteger)datatype.SizeOf(), static (size, dimension) => size * dimension);
            var good = shape.Length <= Tensor.MaxDimensions && Array.TrueForAll(shape, static dimension => dimension >= 1) && product <= InferRequest.MaxBytes;
            Assert.Equal(good, datatype.TrySizeOf(shape, out var bytes));
            Assert.Equal(good ? product : 0, bytes);
        });

    [Fact]
    public void TryParse_EveryName_IsTheProtocols()
    {
        Assert.Equal(
            ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64"],
            Enum.GetValues<TensorDatatype>().Select(TensorDatatypes.NameOf));
        Assert.All(Enum.GetValues<TensorDatatype>(), datatype => Assert.True(TensorDatatypes.TryParse(datatype.NameOf(), out var same) && same == datatype));
        Assert.All(new[] { null, "", "fp32", "BYTES", "BF16", "10" }, name => Assert.False(TensorDatatypes.TryParse(name, out _)));
    }

    [Fact]
    public void Violations_OfARequest_AreAllNamed()
    {
        Assert.Empty(Request(new Tensor("a", TensorDatatype.Bool, [2], new byte[] { 0, 1 })).Violations());
        Assert.Contains("0 or 1", Assert.Single(Request(new Tensor("a", TensorDatatype.Bool, [2], new byte[] { 0, 2 })).Violations()));
        Assert.Contains("claim 8", Assert.Single(Request(new Tensor("a", TensorDatatype.Int32, [2], new byte[7])).Violations()));
        Assert.Contains("twice", Assert.Single(Request(One("a"), One("a")).Violations()));
        Assert.Contains("twice", Assert.Single((Request(One("a")) with { Outputs = ["b", "b"] }).Violations()));
        Assert.Contains("name", Assert.Single(Request(One("")).Violations()));
        Assert.Contains("'inputs'", Assert.Single(Request().Violations()));
        var half = new byte[(InferRequest.MaxBytes / 2) + 1];
        Assert.Contains("together", Assert.Single(Request(
            new Tensor("a", TensorDatatype.UInt8, [half.Length], half), new Tensor("b", TensorDatatype.UInt8, [half.Length], half)).Violations()));
    }

    [Theory]
    [InlineData("starter-clip.textEncoder", "starter-clip", "textEncoder")]
    [InlineData("a.b.c", "a.b", "c")]
    [InlineData("plain", "plain", "")]
    public void Split_AName_TellsModelAndRole(string name, string model, string role) => Assert.Equal((model, role), GraphMetadata.Split(name));

    private static InferRequest Request(params Tensor[] inputs) => new() { Graph = "m.g", Inputs = inputs };

    private static Tensor One(string name) => new(name, TensorDatatype.UInt8, [1], new byte[1]);
}
