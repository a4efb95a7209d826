namespace VisionCluster.Gateway.Tests.OpenInference;

/// <summary>A tensor as bytes, as a caller holds it.</summary>
internal sealed record RawTensor(string Name, string Datatype, long[] Shape, byte[] Data)
{
    public void ExpectSame(RawTensor other)
    {
        Assert.Equal((Name, Datatype), (other.Name, other.Datatype));
        Assert.Equal(Shape, other.Shape);
        Assert.True(Data.AsSpan().SequenceEqual(other.Data), $"'{Name}' differs.");
    }
}
