using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Endpoints;
using VisionCluster.Gateway.Errors;
using VisionCluster.Gateway.OpenInference;
using VisionCluster.Gateway.Rpc.Inference;
using CallOptions = VisionCluster.Contracts.Sessions.CallOptions;

namespace VisionCluster.Gateway.Rpc;

/// <summary>Open Inference Protocol, version 2, over gRPC: the road to graphs is that of <c>/v2</c>.</summary>
internal sealed class InferenceService(
    IGrainFactory grains, HealthCheckService health, IOptions<GatewayOptions> options, TimeProvider time)
    : GRPCInferenceService.GRPCInferenceServiceBase
{
    [AllowAnonymous]
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    [AllowAnonymous]
    public override async Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context)
    {
        var report = await health.CheckHealthAsync(static check => check.Tags.Contains(HealthTags.Ready), context.CancellationToken);
        return new ServerReadyResponse { Ready = report.Status != HealthStatus.Unhealthy };
    }

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse
        {
            Name = ServerDescription.Own.Name,
            Version = ServerDescription.Own.Version,
            Extensions = { ServerDescription.Own.Extensions },
        });

    public override async Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context)
    {
        try
        {
            await InferenceRoad.DescribeAsync(grains, RpcCall.Tenant(context), request.Name, request.Version, context.CancellationToken);
            return new ModelReadyResponse { Ready = true };
        }
        catch (VisionException error) when (error.Code is VisionErrorCode.ModelNotFound or VisionErrorCode.ModelUnavailable or VisionErrorCode.DeviceFailed)
        {
            return new ModelReadyResponse { Ready = false };
        }
    }

    public override async Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        InferenceMessages.ToMessage(await InferenceRoad.DescribeAsync(
            grains, RpcCall.Tenant(context), request.Name, request.Version, context.CancellationToken));

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) =>
        RunAsync(request, context, RpcCall.Options(context, RequestLane.Online));

    public override async Task ModelStreamInfer(
        IAsyncStreamReader<ModelInferRequest> requestStream,
        IServerStreamWriter<ModelStreamInferResponse> responseStream,
        ServerCallContext context)
    {
        while (await NextAsync(requestStream, context))
        {
            var answer = new ModelStreamInferResponse();
            try
            {
                // Each request of a stream has the time of a call; the stream ends with its own deadline.
                answer.InferResponse = await RunAsync(requestStream.Current, context, RpcCall.Options(context, RequestLane.Online));
            }
            catch (Exception error) when (!context.CancellationToken.IsCancellationRequested)
            {
                answer.ErrorMessage = VisionExceptionHandler.Translate(error).Message;
                answer.InferResponse = new ModelInferResponse { Id = requestStream.Current.Id };
            }

            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    public override async Task<RepositoryIndexResponse> RepositoryIndex(RepositoryIndexRequest request, ServerCallContext context)
    {
        var graphs = await InferenceRoad.ListAsync(grains, RpcCall.Tenant(context), context.CancellationToken);
        return new RepositoryIndexResponse
        {
            Models = { graphs.Select(graph => new RepositoryIndexResponse.Types.ModelIndex { Name = graph.Name, Version = graph.Version, State = "READY" }) },
        };
    }

    /// <summary>A stream on which nothing comes is ended, as a live connection is.</summary>
    private async Task<bool> NextAsync(IAsyncStreamReader<ModelInferRequest> requests, ServerCallContext context)
    {
        try
        {
            return await requests.MoveNext(context.CancellationToken).WaitAsync(options.Value.LiveIdleTimeout, time);
        }
        catch (TimeoutException)
        {
            throw new VisionException(VisionErrorCode.DeadlineExceeded, "Nothing came on the stream for too long.");
        }
    }

    private async Task<ModelInferResponse> RunAsync(ModelInferRequest request, ServerCallContext context, CallOptions call)
    {
        var query = InferenceMessages.ToQuery(request);
        return InferenceMessages.ToMessage(
            await InferenceRoad.RunAsync(grains, context.GetHttpContext(), query, call, context.CancellationToken), query);
    }
}
