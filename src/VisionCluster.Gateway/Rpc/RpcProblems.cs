using System.Globalization;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Gateway.Errors;

namespace VisionCluster.Gateway.Rpc;

/// <summary>
/// What is refused before a gRPC call begins, such as a missing key or a rate that was used up, as a call's status.
/// </summary>
internal sealed class RpcProblems(IOptions<ProblemDetailsOptions> options) : IProblemDetailsWriter
{
    private const string ContentType = "application/grpc";

    public static bool IsRpc(HttpRequest request) =>
        request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) == true;

    public bool CanWrite(ProblemDetailsContext context) => IsRpc(context.HttpContext.Request);

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        options.Value.CustomizeProblemDetails?.Invoke(context);
        var problem = context.ProblemDetails;
        var code = Enum.Parse<VisionErrorCode>((string)problem.Extensions[VisionProblem.Code]!);
        var response = context.HttpContext.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        response.Headers.GrpcStatus = ((int)RpcStatus.Of(code)).ToString(CultureInfo.InvariantCulture);
        response.Headers.GrpcMessage = Uri.EscapeDataString(problem.Detail ?? problem.Title ?? "");
        response.Headers[RpcStatus.Code] = code.ToString();
        return ValueTask.CompletedTask;
    }
}
