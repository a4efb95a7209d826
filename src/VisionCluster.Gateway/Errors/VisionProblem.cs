using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Errors;

/// <summary>Errors as RFC 9457 problem details.</summary>
internal static class VisionProblem
{
    /// <summary>Names of the members beyond RFC 9457's.</summary>
    public const string Code = "code";

    private const string Violations = "violations";

    public static ProblemDetails Of(VisionException error)
    {
        var problem = new ProblemDetails
        {
            Status = ErrorStatus.Of(error.Code),
            Title = error.Code.ToString(),
            Detail = error.Message,
            Extensions = { [Code] = error.Code.ToString() },
        };
        if (error.Violations.Count > 0)
        {
            problem.Extensions[Violations] = error.Violations;
        }

        return problem;
    }

    /// <summary>
    /// Lets a problem be written whatever the caller accepts: who asked for a picture or for events still wants to know.
    /// </summary>
    public static void Insist(HttpRequest request) => request.Headers.Accept = "application/problem+json";

    /// <summary>When to come back, in whole seconds and never at once.</summary>
    public static void SetRetryAfter(HttpResponse response, VisionException error)
    {
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }
}
