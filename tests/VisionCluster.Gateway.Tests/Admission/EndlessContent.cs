using System.Net;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>A body of zeros of any length, made as it is sent.</summary>
internal sealed class EndlessContent(long length) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var block = new byte[64 << 10];
        for (var left = length; left > 0; left -= block.Length)
        {
            await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
