namespace VisionCluster.Contracts.Errors;

/// <summary>
/// The closed list of reasons for which the cluster refuses or fails a call. The names are stable: they are the
/// <c>code</c> of HTTP problem details and of client exceptions.
/// </summary>
public enum VisionErrorCode
{
    /// <summary>A defect of the cluster itself; retrying is not known to help. HTTP 500.</summary>
    Internal = 0,

    /// <summary>The request breaks its contract; the message lists every violation. HTTP 400.</summary>
    InvalidRequest = 1,

    /// <summary>The bytes are no image of a format that is decoded here. HTTP 415.</summary>
    UnsupportedImage = 2,

    /// <summary>The bytes begin like an image but cannot be decoded to its end. HTTP 422.</summary>
    CorruptImage = 3,

    /// <summary>More bytes, pixels or frames than the limits allow, found out before decoding. HTTP 413.</summary>
    ImageTooLarge = 4,

    /// <summary>No credentials, or credentials that are unknown, expired or revoked. HTTP 401.</summary>
    Unauthenticated = 5,

    /// <summary>Known credentials without the right to do this. HTTP 403.</summary>
    Forbidden = 6,

    /// <summary>No live image session of this tenant has the id. HTTP 404.</summary>
    ImageNotFound = 7,

    /// <summary>No loaded model has the name, or none of the needed family is loaded. HTTP 404.</summary>
    ModelNotFound = 8,

    /// <summary>The tenant has no label set of the name. HTTP 404.</summary>
    LabelSetNotFound = 9,

    /// <summary>The session keeps no mask of the id: never made, or displaced by newer ones. HTTP 404.</summary>
    MaskNotFound = 10,

    /// <summary>The tenant used up what it may use. HTTP 429.</summary>
    QuotaExceeded = 11,

    /// <summary>The queues are full. HTTP 429.</summary>
    Overloaded = 12,

    /// <summary>The answer would have come after the caller's deadline. HTTP 504.</summary>
    DeadlineExceeded = 13,

    /// <summary>The device failed while it ran this request. HTTP 503.</summary>
    DeviceFailed = 14,

    /// <summary>The model is known but not ready on any device. HTTP 503.</summary>
    ModelUnavailable = 15,

    /// <summary>The image or state store cannot take or give data now. HTTP 503.</summary>
    StoreUnavailable = 16,
}
