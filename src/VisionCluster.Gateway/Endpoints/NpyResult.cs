namespace VisionCluster.Gateway.Endpoints;

/// <summary>Numbers as a file of numpy (numpy.lib.format, version 1.0): float32, little endian, C order.</summary>
/// <param name="shape">Its shape.</param>
/// <param name="data">Its numbers.</param>
internal sealed class NpyResult(IReadOnlyList<int> shape, ReadOnlyMemory<byte> data) : IResult
{
    public const string ContentType = "application/x-npy";

    /// <summary>Whether a caller wants the file and not JSON.</summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(ContentType, StringComparison.OrdinalIgnoreCase);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var header = NpyHeader.Of(shape);
        httpContext.Response.ContentType = ContentType;
        httpContext.Response.ContentLength = header.Length + data.Length;
        await httpContext.Response.Body.WriteAsync(header, httpContext.RequestAborted);
        await httpContext.Response.Body.WriteAsync(data, httpContext.RequestAborted);
    }
}
