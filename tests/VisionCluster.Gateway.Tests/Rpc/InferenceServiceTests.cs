using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
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
        var model = await _client.ModelMetadataAsync(new() { Name = graph, Version = GraphSample.VersionOf(graph) });
        Assert.Equal("onnxruntime_onnx", model.Platform);
        Assert.Equal([GraphSample.VersionOf(graph)], model.Versions);
        foreach (var (tensors, expected) in new[] { (model.Inputs, session.InputMetadata), (model.Outputs, session.OutputMetadata) })
        {
            Assert.Equal(
                expected.Select(tensor => $"{tensor.Key} {(tensor.Value.ElementType == typeof(long) ? "INT64" : "FP32")} {string.Join(',', tensor.Value.Dimensions)}").Order(),
                tensors.Select(tensor => $"{tensor.Name} {tensor.Datatype} {string.Join(',', tensor.Shape)}").Order());
        }

        Assert.True((await _client.ModelReadyAsync(new() { Name = graph })).Ready);
        Assert.False((await _client.ModelReadyAsync(new() { Name = graph, Version = "7" })).Ready);
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
            var answer = await _client.ModelInferAsync(InferMessages.Of(sample, raw));
            Assert.Equal((graph, GraphSample.VersionOf(graph), "42"), (answer.ModelName, answer.ModelVersion, answer.Id));
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
        var request = InferMessages.Of(GraphSample.Of("starter-regionclip.detector"), raw: true);
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
            var request = InferMessages.Of(samples[i], raw: true);
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
            var answer = await _client.ModelInferAsync(InferMessages.Of(samples[i], raw: true), cancellationToken: token);
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
            var message = InferMessages.Of(GraphSample.Of("starter-sam.maskDecoder"), raw);
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
        var request = InferenceMessages.ToQuery(InferMessages.Of(GraphSample.Of(Texts, rows: 2), raw: true)).Request;
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
}
