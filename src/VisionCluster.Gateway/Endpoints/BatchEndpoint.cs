using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Authentication;
using VisionCluster.Gateway.Errors;
using VisionCluster.Gateway.Streaming;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Images in bulk: uploaded and embedded ahead of whoever will click on them.</summary>
internal static class BatchEndpoint
{
    public static void MapBatch(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        routes.MapPost("/v1/images:batch", RunAsync).WithName("UploadImages").WithTags("Images").RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxBatchBytes))
            .WithSummary("Upload many images (a form with parts 'file') or name uploaded ones (JSON with 'ids'), and embed them.")
            .Accepts<IFormFileCollection>("multipart/form-data", "application/json")
            .Produces<BatchLine>(StatusCodes.Status200OK, StreamFormats.Lines)
            .WithProblems(400, 413);
    }

    private static async Task RunAsync(
        HttpContext context, IGrainFactory grains, IOptions<GatewayOptions> limits, IOptions<JsonOptions> json, string? warm)
    {
        var kinds = ImageEndpoints.ParseKinds(warm ?? "sam");
        var options = CallHeaders.Read(context, RequestLane.Bulk);
        var stream = new AnswerStream(context.Response, StreamFormat.Lines, json.Value.SerializerOptions);
        using var turn = new SemaphoreSlim(1);
        var begun = false;
        try
        {
            await Parallel.ForEachAsync(
                new BatchBody(context.Request, limits.Value, json.Value.SerializerOptions).ReadAsync(context.RequestAborted),
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = limits.Value.BatchConcurrency,
                    CancellationToken = context.RequestAborted,
                },
                async (entry, token) =>
                {
                    var line = await AnswerAsync(context, grains, entry, kinds, options, token);
                    await turn.WaitAsync(token);
                    try
                    {
                        if (!begun)
                        {
                            stream.Begin();
                            begun = true;
                        }

                        await stream.WriteAsync("image", line, token);
                    }
                    finally
                    {
                        turn.Release();
                    }
                });
        }
        catch (Exception error) when (begun && !context.RequestAborted.IsCancellationRequested)
        {
            await stream.WriteErrorAsync(VisionExceptionHandler.Translate(error), context.RequestAborted);
        }
    }

    private static async Task<BatchLine> AnswerAsync(
        HttpContext context, IGrainFactory grains, BatchEntry entry, EmbeddingKind kinds, CallOptions options, CancellationToken token)
    {
        var line = new BatchLine { Index = entry.Index, Name = entry.Name };
        try
        {
            if (entry.Error is { } refused)
            {
                throw refused;
            }

            var tenant = TenantClaim.Of(context.User);
            var key = entry.Bytes is { } bytes
                ? ImageKey.FromDigest(tenant, SHA256.HashData(bytes))
                : ImageKey.FromCaller(tenant, entry.Id!);
            var session = grains.GetGrain<IImageSessionGrain>(key.ToString());
            if (entry.Bytes is not null)
            {
                await session.UploadAsync(new ImageContent(entry.Bytes), token);
            }

            return line with { Image = await session.WarmAsync(kinds, options, token) };
        }
        catch (Exception error) when (!token.IsCancellationRequested)
        {
            return line with { Error = VisionProblem.Of(VisionExceptionHandler.Translate(error)) };
        }
    }
}
