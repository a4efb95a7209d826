using System.Net;

namespace VisionCluster.Gateway.Tests.Admission;

/// <summary>A body of zeros of any length, made as it is sent.</summary>
internal sealed class EndlessContent(long length) : HttpContent
{
    /// <summary>
    /// Offers such a body and keeps it back until the server asks for it. The client of .NET would send it after a second,
    /// and might then fail to write it before it reads that it is refused.
    /// </summary>
    public static async Task<HttpResponseMessage> OfferAsync(Uri server, string path, long length, string? type = null)
    {
        using var http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = server };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new EndlessContent(length) };
        request.Content.Headers.ContentType = type is null ? null : new(type);
        request.Headers.ExpectContinue = true;
        return await http.SendAsync(request);
    }

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
