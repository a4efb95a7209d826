using System.Globalization;
using Grpc.Core;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Rpc;

/// <summary>The one map from error codes to gRPC.</summary>
internal static class RpcStatus
{
    /// <summary>The trailer with the code itself.</summary>
    public const string Code = "vision-error-code";

    /// <summary>The trailer that says when to come back, as gRPC's retries read it.</summary>
    private const string Pushback = "grpc-retry-pushback-ms";

    public static StatusCode Of(VisionErrorCode code) => code switch
    {
        VisionErrorCode.InvalidRequest or VisionErrorCode.UnsupportedImage or VisionErrorCode.CorruptImage
            or VisionErrorCode.ImageTooLarge => StatusCode.InvalidArgument,
        VisionErrorCode.Unauthenticated => StatusCode.Unauthenticated,
        VisionErrorCode.Forbidden => StatusCode.PermissionDenied,
        VisionErrorCode.ImageNotFound or VisionErrorCode.ModelNotFound or VisionErrorCode.LabelSetNotFound
            or VisionErrorCode.MaskNotFound => StatusCode.NotFound,
        VisionErrorCode.QuotaExceeded or VisionErrorCode.Overloaded => StatusCode.ResourceExhausted,
        VisionErrorCode.DeadlineExceeded => StatusCode.DeadlineExceeded,
        VisionErrorCode.DeviceFailed or VisionErrorCode.ModelUnavailable or VisionErrorCode.StoreUnavailable => StatusCode.Unavailable,
        _ => StatusCode.Internal,
    };

    public static RpcException ToRpc(VisionException error)
    {
        var trailers = new Metadata { { Code, error.Code.ToString() } };
        if (error.RetryAfter is { } wait)
        {
            trailers.Add(Pushback, Math.Ceiling(wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        }

        return new RpcException(new Status(Of(error.Code), error.Message), trailers);
    }
}
