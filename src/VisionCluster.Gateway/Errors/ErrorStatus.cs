using VisionCluster.Contracts.Errors;

namespace VisionCluster.Gateway.Errors;

/// <summary>The one map from error codes to HTTP.</summary>
internal static class ErrorStatus
{
    public static int Of(VisionErrorCode code) => code switch
    {
        VisionErrorCode.InvalidRequest => StatusCodes.Status400BadRequest,
        VisionErrorCode.UnsupportedImage => StatusCodes.Status415UnsupportedMediaType,
        VisionErrorCode.CorruptImage => StatusCodes.Status422UnprocessableEntity,
        VisionErrorCode.ImageTooLarge => StatusCodes.Status413PayloadTooLarge,
        VisionErrorCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        VisionErrorCode.Forbidden => StatusCodes.Status403Forbidden,
        VisionErrorCode.ImageNotFound or VisionErrorCode.ModelNotFound or VisionErrorCode.LabelSetNotFound
            or VisionErrorCode.MaskNotFound => StatusCodes.Status404NotFound,
        VisionErrorCode.QuotaExceeded or VisionErrorCode.Overloaded => StatusCodes.Status429TooManyRequests,
        VisionErrorCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        VisionErrorCode.DeviceFailed or VisionErrorCode.ModelUnavailable or VisionErrorCode.StoreUnavailable =>
            StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The code of an error that ASP.NET Core found itself.</summary>
    public static VisionErrorCode CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => VisionErrorCode.Unauthenticated,
        StatusCodes.Status403Forbidden => VisionErrorCode.Forbidden,
        StatusCodes.Status413PayloadTooLarge => VisionErrorCode.ImageTooLarge,
        StatusCodes.Status429TooManyRequests => VisionErrorCode.Overloaded,
        >= 400 and < 500 => VisionErrorCode.InvalidRequest,
        _ => VisionErrorCode.Internal,
    };
}
