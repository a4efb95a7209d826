using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Errors;

/// <summary>Turns whatever a request failed with into problem details; a defect's details stay in the log.</summary>
internal sealed class VisionExceptionHandler(IProblemDetailsService problems, ILogger<VisionExceptionHandler> logger)
    : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        var error = Translate(exception);
        if (error.Code == VisionErrorCode.Internal)
        {
            logger.RequestFailed(httpContext.Request.Path, exception);
        }

        var problem = VisionProblem.Of(error);
        httpContext.Response.StatusCode = problem.Status!.Value;
        VisionProblem.Insist(httpContext.Request);
        VisionProblem.SetRetryAfter(httpContext.Response, error);
        return await problems.TryWriteAsync(
            new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
    }

    /// <summary>The error that the caller is told of.</summary>
    public static VisionException Translate(Exception exception) => exception switch
    {
        VisionException vision => vision,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new VisionException(VisionErrorCode.ImageTooLarge, "The request's body is too large."),
        BadHttpRequestException { InnerException: JsonException json } => VisionException.Invalid(json.Message),
        BadHttpRequestException bad => VisionException.Invalid(bad.Message),
        InvalidDataException invalid => VisionException.Invalid(invalid.Message),
        OperationCanceledException or TimeoutException =>
            new VisionException(VisionErrorCode.DeadlineExceeded, "The cluster did not answer in time."),
        OrleansException => new VisionException(VisionErrorCode.ModelUnavailable, "The cluster is not ready to answer.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        },
        _ => new VisionException(VisionErrorCode.Internal, "The server failed to answer; the trace id finds it in the log."),
    };
}
