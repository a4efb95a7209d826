using Grpc.Core;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Embeddings;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Gateway.Admission;
using VisionCluster.Gateway.Endpoints;
using VisionCluster.Gateway.Rpc.Tasks;
using CallOptions = VisionCluster.Contracts.Sessions.CallOptions;

namespace VisionCluster.Gateway.Rpc;

/// <summary>The task API over gRPC: the same requests, rules and grains as over HTTP.</summary>
internal sealed class VisionService(IGrainFactory grains, IOptions<GatewayOptions> limits) : Vision.VisionBase
{
    public override async Task<Image> OpenImage(OpenImageRequest request, ServerCallContext context)
    {
        var kinds = ImageEndpoints.ParseKinds(string.Join(',', request.Warm));
        ImageBody.Check(request.Content.Length, limits.Value.MaxImageBytes);
        var (image, created, _) = await ImageUpload.RunAsync(
            grains, RpcCall.Tenant(context), request.Content.Memory, kinds, RpcCall.Options(context, RequestLane.Online), context.CancellationToken);
        return TaskAnswers.ToMessage(image, created);
    }

    public override async Task<DeleteImageResponse> DeleteImage(DeleteImageRequest request, ServerCallContext context)
    {
        await Session(context, request.Id).DeleteAsync(context.CancellationToken);
        return new DeleteImageResponse();
    }

    public override Task<SegmentResponse> Segment(SegmentRequest request, ServerCallContext context) =>
        SegmentAsync(request.Id, TaskRequests.ToRequest(request), context);

    public override Task<SegmentResponse> SegmentText(SegmentTextRequest request, ServerCallContext context) =>
        SegmentAsync(request.Id, TaskRequests.ToRequest(request), context);

    public override async Task<ClassifyResponse> Classify(ClassifyRequest request, ServerCallContext context)
    {
        var asked = TaskRequests.ToRequest(request);
        var options = Admit(asked.Violations(), RequestLane.Online, context);
        return TaskAnswers.ToMessage(await Session(context, request.Id).ClassifyAsync(asked, options, context.CancellationToken));
    }

    public override async Task<DetectResponse> Detect(DetectRequest request, ServerCallContext context)
    {
        var asked = TaskRequests.ToRequest(request);
        var options = Admit(asked.Violations(), RequestLane.Online, context);
        return TaskAnswers.ToMessage(await Session(context, request.Id).DetectAsync(asked, options, context.CancellationToken));
    }

    public override async Task<EmbedResponse> Embed(EmbedRequest request, ServerCallContext context)
    {
        var asked = TaskRequests.ToRequest(request);
        var options = Admit(asked.Violations(), RequestLane.Online, context);
        return TaskAnswers.ToMessage(
            await new EmbeddingsCall(grains, RpcCall.Tenant(context), asked, options).RunAsync(context.CancellationToken));
    }

    public override async Task<SearchResponse> Search(SearchRequest request, ServerCallContext context)
    {
        var asked = TaskRequests.ToRequest(request);
        var options = Admit(asked.Violations(), RequestLane.Online, context);
        var grain = grains.GetGrain<IOneShotGrain>(OneShotKey.Next(RpcCall.Tenant(context)).ToString());
        return TaskAnswers.ToMessage(await grain.SearchAsync(asked, options, context.CancellationToken));
    }

    public override async Task Everything(
        EverythingRequest request, IServerStreamWriter<EverythingUpdate> responseStream, ServerCallContext context)
    {
        var asked = TaskRequests.ToRequest(request);
        var options = Admit(asked.Violations(), RequestLane.Bulk, context);
        await foreach (var update in Session(context, request.Id).EverythingAsync(asked, options, context.CancellationToken)
            .WithCancellation(context.CancellationToken))
        {
            await responseStream.WriteAsync(TaskAnswers.ToMessage(update), context.CancellationToken);
        }
    }

    private async Task<SegmentResponse> SegmentAsync(
        string id, VisionCluster.Contracts.Segmentation.SegmentRequest request, ServerCallContext context)
    {
        var options = Admit(request.Violations(), RequestLane.Interactive, context);
        return TaskAnswers.ToMessage(await Session(context, id).SegmentAsync(request, options, context.CancellationToken));
    }

    private static CallOptions Admit(IReadOnlyList<string> violations, RequestLane usual, ServerCallContext context)
    {
        VisionException.ThrowIfAny(violations);
        return RpcCall.Options(context, usual);
    }

    private IImageSessionGrain Session(ServerCallContext context, string id) =>
        grains.GetGrain<IImageSessionGrain>(ImageKey.FromCaller(RpcCall.Tenant(context), id).ToString());
}
