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
        TResponse? response = null;
        await GuardAsync(context, async () => response = await continuation(request, context));
        return response!;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(requestStream, responseStream, context));

    private async Task GuardAsync(ServerCallContext context, Func<Task> call)
    {
        try
        {
            await call();
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
