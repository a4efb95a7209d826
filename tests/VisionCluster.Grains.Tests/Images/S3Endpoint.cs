using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace VisionCluster.Grains.Tests.Images;

/// <summary>The part of S3's protocol that the store speaks, over real HTTP; a page of a listing holds two objects.</summary>
internal sealed class S3Endpoint : IAsyncDisposable
{
    private const int PageSize = 2;

    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private S3Endpoint(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>Whether every call is answered as a store that is overloaded does.</summary>
    public bool IsAway { get; set; }

    public IReadOnlyDictionary<string, byte[]> Objects => _objects;

    public static async Task<S3Endpoint> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new S3Endpoint(app);
        app.Run(endpoint.AnswerAsync);
        await app.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        // "/bucket/key"; a listing is asked of the bucket itself.
        var parts = context.Request.Path.Value!.TrimStart('/').Split('/', 2);
        var key = parts.Length > 1 ? parts[1] : "";
        if (IsAway)
        {
            await ErrorAsync(context, 503, "SlowDown");
        }
        else if (HttpMethods.IsPut(context.Request.Method))
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _objects[key] = body.ToArray();
        }
        else if (HttpMethods.IsDelete(context.Request.Method))
        {
            _objects.TryRemove(key, out _);
            context.Response.StatusCode = 204;
        }
        else if (key.Length == 0)
        {
            await ListAsync(context);
        }
        else if (!_objects.TryGetValue(key, out var value))
        {
            await ErrorAsync(context, 404, "NoSuchKey");
        }
        else
        {
            context.Response.ContentLength = value.Length;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.Body.WriteAsync(value);
            }
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        XNamespace s3 = "http://s3.amazonaws.com/doc/2006-03-01/";
        string prefix = context.Request.Query["prefix"]!;
        string after = context.Request.Query["continuation-token"].FirstOrDefault() ?? "";
        var all = _objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, after) > 0)
            .OrderBy(o => o.Key, StringComparer.Ordinal).ToArray();
        var page = all.Take(PageSize).ToArray();
        var more = all.Length > page.Length;
        var answer = new XElement(
            s3 + "ListBucketResult",
            new XElement(s3 + "KeyCount", page.Length),
            new XElement(s3 + "IsTruncated", more),
            more ? new XElement(s3 + "NextContinuationToken", page[^1].Key) : null,
            page.Select(o => new XElement(s3 + "Contents", new XElement(s3 + "Key", o.Key), new XElement(s3 + "Size", o.Value.Length))));
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(answer.ToString());
    }

    private static async Task ErrorAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync(new XElement("Error", new XElement("Code", code), new XElement("Message", code)).ToString());
        }
    }
}
