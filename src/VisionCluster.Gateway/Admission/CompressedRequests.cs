using System.IO.Compression;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Admission;

/// <summary>
/// Bodies with <c>Content-Encoding</c> <c>gzip</c>, <c>br</c> or <c>deflate</c>, inflated as they are read: what an endpoint may
/// read holds for the inflated bytes. Several encodings on top of each other, and others, are refused.
/// </summary>
internal static class CompressedRequests
{
    private const string Identity = "identity";

    public static void AddCompressedRequests(this IServiceCollection services) => services.AddRequestDecompression(static options =>
    {
        options.DecompressionProviders.Clear();
        options.DecompressionProviders.Add(
            "gzip", new BoundedDecompression(static packed => new GZipStream(packed, CompressionMode.Decompress)));
        options.DecompressionProviders.Add(
            "br", new BoundedDecompression(static packed => new BrotliStream(packed, CompressionMode.Decompress)));
        options.DecompressionProviders.Add(
            "deflate", new BoundedDecompression(static packed => new ZLibStream(packed, CompressionMode.Decompress)));
    });

    public static void UseCompressedRequests(this WebApplication app)
    {
        app.UseRequestDecompression();
        app.Use(static (context, next) =>
        {
            // What the middleware inflates has no such header any more.
            var encoding = context.Request.Headers.ContentEncoding.ToString();
            return encoding.Length == 0 || encoding.Equals(Identity, StringComparison.OrdinalIgnoreCase)
                ? next(context)
                : throw new VisionException(
                    VisionErrorCode.UnsupportedImage, "'Content-Encoding' may be one of gzip, br, deflate and identity.");
        });
    }
}
