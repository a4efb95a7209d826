using Grpc.Core;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Authentication;
using CallOptions = VisionCluster.Contracts.Sessions.CallOptions;

namespace VisionCluster.Gateway.Rpc;

/// <summary>Who calls by gRPC, and how urgent it is: metadata are the headers of HTTP, the deadline is the call's own.</summary>
internal static class RpcCall
{
    public static TenantId Tenant(ServerCallContext context) => TenantClaim.Of(context.GetHttpContext().User);

    /// <exception cref="VisionException"><c>InvalidRequest</c>; <c>DeadlineExceeded</c> where it is too late already.</exception>
    public static CallOptions Options(ServerCallContext context, RequestLane usual)
    {
        var http = context.GetHttpContext();
        var options = CallHeaders.Read(http, usual);
        if (context.Deadline == DateTime.MaxValue)
        {
            return options;
        }

        var left = context.Deadline - http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        return left <= TimeSpan.Zero
            ? throw new VisionException(VisionErrorCode.DeadlineExceeded, "The deadline passed before the call began.")
            : options.Timeout < left ? options : options with { Timeout = left };
    }
}
