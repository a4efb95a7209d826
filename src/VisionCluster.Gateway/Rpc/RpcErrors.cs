using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Gateway.Errors;
using VisionCluster.Gateway.Telemetry;

namespace VisionCluster.Gateway.Rpc;

/// <summary>Turns whatever a call failed with into a status; a defect's details stay in the log.</summary>
internal sealed class RpcErrors(RequestInstruments instruments, ILogger<RpcErrors> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw Translate(error, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw Translate(error, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw Translate(error, context);
        }
    }

    private RpcException Translate(Exception error, ServerCallContext context)
    {
        if (error is OperationCanceledException && context.CancellationToken.IsCancellationRequested)
        {
            // The caller left, or its deadline passed, which gRPC itself answers.
            return new RpcException(new Status(StatusCode.Cancelled, "The caller left."));
        }

        var told = VisionExceptionHandler.Translate(error);
        if (told.Code == VisionErrorCode.Internal)
        {
            logger.CallFailed(context.Method, error);
        }

        instruments.Refused(told.Code.ToString());
        Activity.Current?.SetTag(VisionTelemetry.ErrorCode, told.Code.ToString());
        return RpcStatus.ToRpc(told);
    }
}
