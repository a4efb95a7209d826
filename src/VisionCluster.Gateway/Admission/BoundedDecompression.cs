using Microsoft.AspNetCore.RequestDecompression;

namespace VisionCluster.Gateway.Admission;

/// <summary>Inflates a body as long as it does not grow beyond all measure: pictures hardly shrink, and words by a tenth or so.</summary>
/// <param name="inflate">Makes a stream that inflates.</param>
internal sealed class BoundedDecompression(Func<Stream, Stream> inflate) : IDecompressionProvider
{
    public Stream GetDecompressionStream(Stream stream)
    {
        var packed = new CountedStream(stream, static _ => { });
        return new CountedStream(inflate(packed), inflated => InflationLimit.Check(packed.Count, inflated));
    }
}
