using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Gateway.Endpoints;

/// <summary>Labels for images of which nothing is kept: <c>/v1/classify</c>.</summary>
internal static class OneShotEndpoints
{
    /// <summary>Images of one call that are under way at once.</summary>
    private const int Window = 16;

    public static void MapOneShots(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/classify", ClassifyAsync).WithName("ClassifyImages").WithTags("Tasks").RequireAuthorization()
            .WithSummary("Labels for images of which nothing is kept: a form with parts 'file' and one part 'request', as JSON.")
            .Accepts<IFormFile>("multipart/form-data")
            .Produces<OneShotAnswer>()
            .WithProblems(400, 404, 413, 415, 422, 429, 503, 504);

    private static async Task<IResult> ClassifyAsync(HttpContext context, IGrainFactory grains)
    {
        var options = CallHeaders.Read(context, RequestLane.Online);
        var form = await OneShotForm<ClassifyRequest>.ReadAsync(context);
        VisionException.ThrowIfAny(form.Request.Violations());
        var tenant = TenantClaim.Of(context.User);
        var answers = new ClassifyResponse[form.Images.Count];
        await Parallel.ForAsync(
            0,
            answers.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Window, CancellationToken = context.RequestAborted },
            async (i, token) => answers[i] = await grains.GetGrain<IOneShotGrain>(OneShotKey.Next(tenant).ToString())
                .ClassifyAsync(new ImageContent(form.Images[i]), form.Request, options, token));
        ServerTiming.Write(context.Response, StageTimings.Sum(answers.Select(static answer => answer.Timings)));
        return TypedResults.Ok(answers.Length == 1
            ? new OneShotAnswer(answers[0].Model, answers[0].Results, null)
            : new OneShotAnswer(answers[0].Model, null, [.. answers.Select(static answer => new OneShotImage(answer.Results))]));
    }
}
