using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Gateway.Rpc;
using VisionCluster.Gateway.Rpc.Inference;
using VisionCluster.Gateway.Tests.OpenInference;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Rpc;

/// <summary>Open Inference Protocol over gRPC, against ONNX Runtime by itself and against the same over HTTP.</summary>
public sealed class InferenceServiceTests(RpcServer rpc) : IClassFixture<RpcServer>
{
    private const string Texts = "starter-clip.textEncoder";

    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client = new(rpc.Channel);

    public static TheoryData<string> Graphs => [.. GraphSample.Files.Keys];

    [Fact]
    public async Task Server_AskedHowItIs_IsLiveReadyAndNamed()
    {
        Assert.True((await _client.ServerLiveAsync(new())).Live);
        Assert.True((await _client.ServerReadyAsync(new())).Ready);
        Assert.Equal("visioncluster", (await _client.ServerMetadataAsync(new())).Name);
        var index = await _client.RepositoryIndexAsync(new());
        Assert.Equal(GraphSample.Files.Keys.Order(), index.Models.Select(model => model.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Metadata_OfAGraph_IsWhatItsFileSays(string graph)
    {
        using var session = GraphSample.Open(graph);
        var model = await _client.ModelMetadataAsync(new() { Name = graph, Version = "1" });
        Assert.Equal("onnxruntime_onnx", model.Platform);
        Assert.Equal(["1"], model.Versions);
        foreach (var (tensors, expected) in new[] { (model.Inputs, session.InputMetadata), (model.Outputs, session.OutputMetadata) })
        {
            Assert.Equal(
                expected.Select(tensor => $"{tensor.Key} {(tensor.Value.ElementType == typeof(long) ? "INT64" : "FP32")} {string.Join(',', tensor.Value.Dimensions)}").Order(),
                tensors.Select(tensor => $"{tensor.Name} {tensor.Datatype} {string.Join(',', tensor.Shape)}").Order());
        }

        Assert.True((await _client.ModelReadyAsync(new() { Name = graph })).Ready);
        Assert.False((await _client.ModelReadyAsync(new() { Name = graph, Version = "2" })).Ready);
        Assert.False((await _client.ModelReadyAsync(new() { Name = "nothing" })).Ready);
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public async Task Infer_RawAndTyped_GivesTheBitsOfABareRunAndOfHttp(string graph)
    {
        var sample = GraphSample.Of(graph);
        var (_, rest) = await new RestClient(rpc.Server.Http).InferAsync(graph, sample.Inputs);
        foreach (var raw in new[] { true, false })
        {
            var answer = await _client.ModelInferAsync(Request(sample, raw));
            Assert.Equal((graph, "1", "42"), (answer.ModelName, answer.ModelVersion, answer.Id));
            Assert.Equal(answer.Outputs.Count, answer.RawOutputContents.Count);
            for (var i = 0; i < sample.Outputs.Count; i++)
            {
                var output = new RawTensor(answer.Outputs[i].Name, answer.Outputs[i].Datatype, [.. answer.Outputs[i].Shape], answer.RawOutputContents[i].ToByteArray());
                sample.Outputs[i].ExpectSame(output);
                rest[i].ExpectSame(output);
            }
        }
    }

    [Fact]
    public async Task Infer_SomeOutputs_GivesThose()
    {
        var request = Request(GraphSample.Of("starter-regionclip.detector"), raw: true);
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "objectness" });
        Assert.Equal("objectness", Assert.Single((await _client.ModelInferAsync(request)).Outputs).Name);
    }

    [Fact]
    public async Task StreamInfer_ManyRequests_AnswersEachInOrderAndErrorsInPlace()
    {
        using var stream = _client.ModelStreamInfer();
        var samples = Enumerable.Range(1, 4).Select(seed => GraphSample.Of(Texts, seed: seed)).ToArray();
        for (var i = 0; i < samples.Length; i++)
        {
            var request = Request(samples[i], raw: true);
            request.Id = $"{i}";
            request.ModelName = i == 2 ? "nothing.here" : request.ModelName;
            await stream.RequestStream.WriteAsync(request);
        }

        await stream.RequestStream.CompleteAsync();
        for (var i = 0; i < samples.Length; i++)
        {
            Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal($"{i}", stream.ResponseStream.Current.InferResponse.Id);
            if (i == 2)
            {
                Assert.Contains("nothing", stream.ResponseStream.Current.ErrorMessage);
                continue;
            }

            Assert.Equal("", stream.ResponseStream.Current.ErrorMessage);
            Assert.Equal(samples[i].Outputs[0].Data, stream.ResponseStream.Current.InferResponse.RawOutputContents[0].ToByteArray());
        }

        Assert.False(await stream.ResponseStream.MoveNext(CancellationToken.None));
    }

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
    [InlineData("version", StatusCode.NotFound, "version '1', not '9'")]
    public async Task Infer_WhatIsWrong_HasItsStatus(string what, StatusCode status, string reason)
    {
        var request = Request(GraphSample.Of(Texts), raw: true);
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
        var request = Request(GraphSample.Of("starter-sam.imageEncoder", rows: 8), raw: true);
        await RpcServer.RefusedAsync(
            _client.ModelInferAsync(request, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(5)).ResponseAsync, StatusCode.DeadlineExceeded);
        var sample = GraphSample.Of(Texts);
        Assert.Equal(sample.Outputs[0].Data, (await _client.ModelInferAsync(Request(sample, raw: true))).RawOutputContents[0].ToByteArray());
    }

    [Fact]
    public async Task Infer_CallerWhoLeaves_IsCancelled()
    {
        using var leaving = new CancellationTokenSource();
        var call = _client.ModelInferAsync(Request(GraphSample.Of("starter-sam.imageEncoder", rows: 8), raw: true), cancellationToken: leaving.Token);
        await leaving.CancelAsync();
        await RpcServer.RefusedAsync(call.ResponseAsync, StatusCode.Cancelled);
    }

    [Fact]
    public async Task Infer_MessageBeyondTheLimit_IsRefused()
    {
        var request = Request(GraphSample.Of(Texts), raw: true);
        request.RawInputContents[0] = ByteString.CopyFrom(new byte[40 << 20]);
        await RpcServer.RefusedAsync(_client.ModelInferAsync(request).ResponseAsync, StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task Infer_MessageThatInflatesBeyondTheLimit_IsRefused()
    {
        var request = Request(GraphSample.Of(Texts), raw: true);
        request.RawInputContents[0] = ByteString.CopyFrom(new byte[48 << 20]);
        var headers = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        var error = await RpcServer.RefusedAsync(_client.ModelInferAsync(request, headers).ResponseAsync, StatusCode.ResourceExhausted);
        Assert.Contains("inflated", error.Status.Detail);
        var good = await _client.ModelInferAsync(Request(GraphSample.Of(Texts), raw: true), headers);
        Assert.Single(good.Outputs);
    }

    [Fact]
    public async Task AnyCall_WithTraceParent_GoesOnWithTheCallersTrace()
    {
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var call = _client.ServerMetadataAsync(new(), new Metadata { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" } });
        Assert.Contains(trace, (await call.ResponseHeadersAsync).GetValue("traceparent"));
        await call;
    }

    [Fact]
    public async Task Infer_RowsOfManyCallers_ComeBackToTheirOwn()
    {
        var samples = Enumerable.Range(1, 16).Select(seed => GraphSample.Of(Texts, rows: 1 + (seed % 3), seed)).ToArray();
        var wrong = new ConcurrentBag<int>();
        await Parallel.ForAsync(0, samples.Length, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            var answer = await _client.ModelInferAsync(Request(samples[i], raw: true), cancellationToken: token);
            var values = MemoryMarshal.Cast<byte, float>(answer.RawOutputContents[0].Span).ToArray();
            var expected = MemoryMarshal.Cast<byte, float>(samples[i].Outputs[0].Data).ToArray();
            if (expected.Zip(values).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-5))
            {
                wrong.Add(i);
            }
        });
        Assert.Empty(wrong);
    }

    [Fact]
    public void Query_OfAMessage_TravelsBetweenSilos()
    {
        var serializer = rpc.Server.Services.GetRequiredService<Orleans.Serialization.Serializer>();
        foreach (var raw in new[] { true, false })
        {
            var message = Request(GraphSample.Of("starter-sam.maskDecoder"), raw);
            message.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "low_res_masks" });
            var request = InferenceMessages.ToQuery(message).Request;
            var copy = serializer.Deserialize<Contracts.Tensors.InferRequest>(serializer.SerializeToArray(request))!;
            Assert.Empty(copy.Violations());
            Assert.Equal(request.Outputs, copy.Outputs);
            Assert.All(request.Inputs.Zip(copy.Inputs), pair =>
            {
                Assert.Equal((pair.First.Name, pair.First.Datatype), (pair.Second.Name, pair.Second.Datatype));
                Assert.Equal(pair.First.Shape, pair.Second.Shape);
                Assert.True(pair.First.Data.Span.SequenceEqual(pair.Second.Data.Span));
            });
        }
    }

    [Fact]
    public async Task Answers_OfADevice_TravelBetweenSilos()
    {
        var serializer = rpc.Server.Services.GetRequiredService<Orleans.Serialization.Serializer>();
        var grain = rpc.Server.Services.GetRequiredService<IGrainFactory>().GetGrain<Contracts.Sessions.IOneShotGrain>("default/0");
        var graphs = await grain.DescribeGraphsAsync(null, CancellationToken.None);
        var copies = serializer.Deserialize<IReadOnlyList<Contracts.Tensors.GraphMetadata>>(serializer.SerializeToArray(graphs))!;
        Assert.Equal(graphs.Select(graph => graph.Name), copies.Select(graph => graph.Name));
        Assert.Equal(graphs[0].Inputs[0].Shape, copies[0].Inputs[0].Shape);
        var request = InferenceMessages.ToQuery(Request(GraphSample.Of(Texts, rows: 2), raw: true)).Request;
        var answer = await grain.InferAsync(request, Contracts.Sessions.CallOptions.Default, CancellationToken.None);
        var copy = serializer.Deserialize<Contracts.Tensors.InferResponse>(serializer.SerializeToArray(answer))!;
        Assert.True(answer.Outputs[0].Data.Span.SequenceEqual(copy.Outputs[0].Data.Span));
        Assert.Equal(answer.Outputs[0].Shape, copy.Outputs[0].Shape);
    }

    [Fact]
    public async Task Health_OfAServer_FollowsItsReadiness()
    {
        var health = new Health.HealthClient(rpc.Channel);
        foreach (var service in new[] { "", "inference.GRPCInferenceService" })
        {
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
        }

        await RpcServer.RefusedAsync(health.CheckAsync(new HealthCheckRequest { Service = "unknown" }).ResponseAsync, StatusCode.NotFound);
    }

    [Fact]
    public async Task AnyCall_WithoutAKey_IsUnauthenticatedButForHealth()
    {
        var port = FreePort.Next();
        await using var server = await VisionTestServer.StartAsync(
            null, $"Vision:Gateway:GrpcPort={port}", "Vision:Models:Load:0=starter-clip",
            "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("red key"u8))}",
            "Vision:Limits:Tenants:red:RequestsPerSecond=1", "Vision:Limits:Tenants:red:Burst=3");
        using var channel = RpcServer.Open(port);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(channel);
        var error = await RpcServer.RefusedAsync(client.ServerMetadataAsync(new()).ResponseAsync, StatusCode.Unauthenticated);
        Assert.Contains("key", error.Status.Detail);
        Assert.True((await client.ServerReadyAsync(new())).Ready);
        await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());
        var key = new Metadata { { "x-api-key", "red key" } };
        await client.ServerMetadataAsync(new(), key);
        await RpcServer.RefusedAsync(Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.ServerMetadataAsync(new(), key).ResponseAsync)), StatusCode.ResourceExhausted);
    }

    private static ModelInferRequest Request(GraphSample sample, bool raw)
    {
        var request = new ModelInferRequest { ModelName = sample.Graph, Id = "42" };
        foreach (var tensor in sample.Inputs)
        {
            var input = new ModelInferRequest.Types.InferInputTensor { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };
            request.Inputs.Add(input);
            if (raw)
            {
                request.RawInputContents.Add(ByteString.CopyFrom(tensor.Data));
            }
            else if (tensor.Datatype == "INT64")
            {
                input.Contents = new InferTensorContents { Int64Contents = { MemoryMarshal.Cast<byte, long>(tensor.Data).ToArray() } };
            }
            else
            {
                input.Contents = new InferTensorContents { Fp32Contents = { MemoryMarshal.Cast<byte, float>(tensor.Data).ToArray() } };
            }
        }

        return request;
    }
}
