using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace VisionCluster.Gateway.Playground;

/// <summary>
/// The page to try the cluster with, at <c>/</c>. Everything it needs is in this assembly; the samples are those that lie
/// beside the program, where there are any.
/// </summary>
internal static class PlaygroundEndpoints
{
    private const string Prefix = "playground/";
    private const string Page = "index.html";
    private const string Png = "image/png";

    /// <summary>The page talks to its own server only, and nobody may frame it.</summary>
    private const string Policy =
        "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8", [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8",
    }.ToFrozenDictionary();

    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples");

    public static void MapPlayground(this IEndpointRouteBuilder routes)
    {
        var assets = typeof(PlaygroundEndpoints).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], Read);
        routes.MapGet("/", (HttpContext context) => Asset(context, assets, Page)).ExcludeFromDescription();
        routes.MapGet("/playground/{name}", (HttpContext context, string name) => Asset(context, assets, name)).ExcludeFromDescription();
        routes.MapGet("/playground/samples.json", () => TypedResults.Ok(SampleNames())).ExcludeFromDescription();
        routes.MapGet("/playground/samples/{name}", IResult (string name) => SampleNames().Contains(name)
            ? TypedResults.PhysicalFile(Path.Combine(Samples, name), Png)
            : TypedResults.NotFound()).ExcludeFromDescription();
    }

    private static IResult Asset(HttpContext context, FrozenDictionary<string, (byte[] Bytes, string Tag)> assets, string name)
    {
        if (!assets.TryGetValue(name, out var asset))
        {
            return TypedResults.NotFound();
        }

        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(asset.Bytes, Types[Path.GetExtension(name)], entityTag: new EntityTagHeaderValue(asset.Tag));
    }

    private static (byte[] Bytes, string Tag) Read(string resource)
    {
        using var stream = typeof(PlaygroundEndpoints).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, $"\"{Convert.ToHexString(SHA256.HashData(bytes))[..16]}\"");
    }

    /// <summary>Pictures, and not the masks that belong to them.</summary>
    private static string[] SampleNames() => Directory.Exists(Samples)
        ? [.. Directory.EnumerateFiles(Samples, "*.png").Select(path => Path.GetFileName(path)).Where(name => !name.Contains(".mask", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];
}
