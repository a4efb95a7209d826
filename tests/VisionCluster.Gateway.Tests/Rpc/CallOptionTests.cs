using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tensors;
using VisionCluster.Gateway.Rpc.Inference;
using VisionCluster.Gateway.Tests.OpenInference;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;
using CallOptions = VisionCluster.Contracts.Sessions.CallOptions;

namespace VisionCluster.Gateway.Tests.Rpc;

/// <summary>What a call says of its urgency arrives at the cluster, and no more than the tenant may.</summary>
public sealed class CallOptionTests
{
    [Fact]
    public async Task Infer_PriorityTimeoutAndDeadline_ReachTheQueueWithinTheTenantsLimits()
    {
        var port = FreePort.Next();
        var seen = new ConcurrentQueue<CallOptions>();
        await using var server = await VisionTestServer.StartAsync(
            builder => builder.UseOrleans(silo => silo.AddIncomingGrainCallFilter(call =>
            {
                if (call.Grain is IOneShotGrain && call.Request.GetArgumentCount() > 1 && call.Request.GetArgument(0) is InferRequest)
                {
                    seen.Enqueue((CallOptions)call.Request.GetArgument(1)!);
                }

                return call.Invoke();
            })),
            $"Vision:Gateway:GrpcPort={port}", "Vision:Models:Load:0=starter-clip", "Vision:Limits:Default:HighestPriority=5",
            "Vision:Limits:Default:HighestLane=Online");
        var sample = GraphSample.Of("starter-clip.textEncoder");
        var json = await RestClient.Json(sample.Inputs).ReadAsStringAsync();
        using var body = RestClient.Text(json.Replace("{\"id\"", "{\"parameters\":{\"priority\":1,\"timeout\":30000000},\"id\""));
        body.Headers.Add("Vision-Lane", "interactive");
        await server.Http.PostAsync($"/v2/models/{sample.Graph}/infer", body).ExpectAsync(HttpStatusCode.OK);
        Assert.Equal(new CallOptions { Lane = RequestLane.Online, Priority = 5, Timeout = TimeSpan.FromSeconds(30) }, Assert.Single(seen));

        seen.Clear();
        using var channel = RpcServer.Open(port);
        var request = new ModelInferRequest
        {
            ModelName = sample.Graph,
            Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "input_ids", Datatype = "INT64", Shape = { sample.Inputs[0].Shape } } },
            RawInputContents = { ByteString.CopyFrom(sample.Inputs[0].Data) },
            Parameters = { ["priority"] = new InferParameter { Int64Param = 7 } },
        };
        await new GRPCInferenceService.GRPCInferenceServiceClient(channel).ModelInferAsync(
            request, new Metadata { { "vision-lane", "bulk" } }, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20));
        var options = Assert.Single(seen);
        Assert.Equal((RequestLane.Bulk, 7), (options.Lane, options.Priority));
        Assert.InRange(options.Timeout!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
    }
}
