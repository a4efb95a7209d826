using Google.Protobuf;
using Grpc.Core;
using VisionCluster.Gateway.Rpc.Inference;
using VisionCluster.Gateway.Tests.OpenInference;

namespace VisionCluster.Gateway.Tests.Rpc;

/// <summary>What the protocol's service refuses, with which status, and that it serves afterwards.</summary>
public sealed class InferenceRefusalTests(RpcServer rpc) : IClassFixture<RpcServer>
{
    private const string Texts = "starter-clip.textEncoder";

    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client = new(rpc.Channel);

    [Theory]
    [InlineData("name", StatusCode.InvalidArgument, "no input 'other'")]
    [InlineData("datatype", StatusCode.InvalidArgument, "INT64, not FP64")]
    [InlineData("unknown datatype", StatusCode.InvalidArgument, "'BYTES'")]
    [InlineData("shape", StatusCode.InvalidArgument, "not [77, 1]")]
    [InlineData("huge shape", StatusCode.InvalidArgument, "claim at most")]
    [InlineData("negative shape", StatusCode.InvalidArgument, "at least 1")]
    [InlineData("bytes", StatusCode.InvalidArgument, "claim 616")]
    [InlineData("missing raw", StatusCode.InvalidArgument, "no contents")]
    [InlineData("too many raw", StatusCode.InvalidArgument, "'raw_input_contents' holds 2")]
    [InlineData("both", StatusCode.InvalidArgument, "beside")]
    [InlineData("output", StatusCode.InvalidArgument, "no output")]
    [InlineData("priority", StatusCode.InvalidArgument, "priority")]
    [InlineData("many inputs", StatusCode.InvalidArgument, "at most 64")]
    [InlineData("model", StatusCode.NotFound, "nothing")]
    [InlineData("version", StatusCode.NotFound, "not '9'")]
    public async Task Infer_WhatIsWrong_HasItsStatus(string what, StatusCode status, string reason)
    {
        var request = InferMessages.Of(GraphSample.Of(Texts), raw: true);
        switch (what)
        {
            case "name": request.Inputs[0].Name = "other"; break;
            case "datatype": request.Inputs[0].Datatype = "FP64"; break;
            case "unknown datatype": request.Inputs[0].Datatype = "BYTES"; break;
            case "shape": Shape(77, 1); break;
            case "huge shape": Shape(long.MaxValue, long.MaxValue, 2); break;
            case "negative shape": Shape(-1, -77); break;
            case "bytes": request.RawInputContents[0] = ByteString.CopyFrom(new byte[615]); break;
            case "missing raw": request.RawInputContents.Clear(); break;
            case "too many raw": request.RawInputContents.Add(ByteString.Empty); break;
            case "both": request.Inputs[0].Contents = new InferTensorContents { Int64Contents = { 1 } }; break;
            case "output": request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "x" }); break;
            case "priority": request.Parameters["priority"] = new InferParameter { Uint64Param = ulong.MaxValue }; break;
            case "many inputs": request.Inputs.Add(Enumerable.Repeat(request.Inputs[0], 64)); break;
            case "model": request.ModelName = "nothing.here"; break;
            default: request.ModelVersion = "9"; break;
        }

        var error = await RpcServer.RefusedAsync(_client.ModelInferAsync(request).ResponseAsync, status);
        Assert.Contains(reason, error.Status.Detail);
        Assert.NotNull(error.Trailers.GetValue("vision-error-code"));

        void Shape(params long[] shape)
        {
            request.Inputs[0].Shape.Clear();
            request.Inputs[0].Shape.Add(shape);
        }
    }

    [Fact]
    public async Task Infer_DeadlineThatPasses_IsExceededAndLeavesTheServerServing()
    {
        var request = InferMessages.Of(GraphSample.Of("starter-sam.imageEncoder", rows: 8), raw: true);
        await RpcServer.RefusedAsync(
            _client.ModelInferAsync(request, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(5)).ResponseAsync, StatusCode.DeadlineExceeded);
        var sample = GraphSample.Of(Texts);
        Assert.Equal(sample.Outputs[0].Data, (await _client.ModelInferAsync(InferMessages.Of(sample, raw: true))).RawOutputContents[0].ToByteArray());
    }

    [Fact]
    public async Task Infer_CallerWhoLeaves_IsCancelled()
    {
        using var leaving = new CancellationTokenSource();
        var call = _client.ModelInferAsync(InferMessages.Of(GraphSample.Of("starter-sam.imageEncoder", rows: 8), raw: true), cancellationToken: leaving.Token);
        await leaving.CancelAsync();
        await RpcServer.RefusedAsync(call.ResponseAsync, StatusCode.Cancelled);
    }

    [Fact]
    public async Task Infer_MessageBeyondTheLimit_IsRefused()
    {
        var request = InferMessages.Of(GraphSample.Of(Texts), raw: true);
        request.RawInputContents[0] = ByteString.CopyFrom(new byte[40 << 20]);
        await RpcServer.RefusedAsync(_client.ModelInferAsync(request).ResponseAsync, StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task Infer_MessageThatInflatesBeyondTheLimit_IsRefused()
    {
        var request = InferMessages.Of(GraphSample.Of(Texts), raw: true);
        request.RawInputContents[0] = ByteString.CopyFrom(new byte[48 << 20]);
        var headers = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        var error = await RpcServer.RefusedAsync(_client.ModelInferAsync(request, headers).ResponseAsync, StatusCode.ResourceExhausted);
        Assert.Contains("inflated", error.Status.Detail);
        var good = await _client.ModelInferAsync(InferMessages.Of(GraphSample.Of(Texts), raw: true), headers);
        Assert.Single(good.Outputs);
    }
}
