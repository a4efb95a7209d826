using System.Net;
using System.Text;
using VisionCluster.Gateway.Tests.Admission;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.OpenInference;

/// <summary>What the protocol's endpoints refuse, in the protocol's shape, and that they serve afterwards.</summary>
[Collection(GatewayServer.Name)]
public sealed class RestRefusalTests(SharedServer shared) : IAsyncLifetime
{
    private const string Texts = "starter-clip.textEncoder";
    private const string Input = "\"name\":\"input_ids\",\"datatype\":\"INT64\"";

    private readonly HttpClient _http = shared.Server.Http;
    private readonly RestClient _client = new(shared.Server.Http);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        var sample = GraphSample.Of(Texts);
        sample.Outputs[0].ExpectSame((await _client.InferAsync(Texts, sample.Inputs)).Outputs[0]);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("nonsense", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{}", "'inputs'")]
    [InlineData("{\"inputs\":[]}", "'inputs'")]
    [InlineData("{\"inputs\":7}", "arrays")]
    [InlineData("{\"inputs\":[7]}", "object")]
    [InlineData("{\"inputs\":[{}]}", "needs a name")]
    [InlineData("{\"inputs\":[{\"name\":\"input_ids\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"a\"]}]}", "datatype")]
    [InlineData("{\"inputs\":[{\"name\":\"input_ids\",\"datatype\":\"INT32\",\"shape\":[1,2],\"data\":[1,2]}]}", "INT64, not INT32")]
    [InlineData("{\"inputs\":[{\"name\":\"ids\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[1]}]}", "no input 'ids'")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,3],\"data\":[1,2,3]}]}", "[-1, 77], not [1, 3]")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[77],\"data\":[]}]}", "77 elements")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,2],\"data\":[1,2,3]}]}", "2 elements")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,2],\"data\":[1,2.5]}]}", "no INT64")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,2],\"data\":[1,\"2\"]}]}", "not an array of numbers")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,2],\"data\":{}}]}", "'data' must be an array")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[0,77],\"data\":[]}]}", "at least 1")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[-1,77],\"data\":[]}]}", "at least 1")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[4294967296,4294967296,4294967296],\"data\":[]}]}", "claim at most")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[2305843009213693952,8],\"data\":[]}]}", "claim at most")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,1,1,1,1,1,1,1,1],\"data\":[1]}]}", "dimensions")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,77]}]}", "neither 'data'")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,77],\"parameters\":{\"binary_data_size\":616}}]}", "0 are left")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,77],\"parameters\":{\"binary_data_size\":-1}}]}", "whole number")]
    [InlineData("{\"inputs\":[{" + Input + ",\"shape\":[1,77],\"parameters\":{\"shared_memory_region\":\"a\"}}]}", "extension")]
    [InlineData("{\"parameters\":{\"sequence_id\":1},\"inputs\":[]}", "extension")]
    public async Task Infer_WhatIsWrong_IsToldInTheProtocolsShape(string json, string reason) =>
        Assert.Contains(reason, await _client.RefusalAsync(Texts, RestClient.Text(json), HttpStatusCode.BadRequest));

    [Theory]
    [InlineData("\"priority\":17", "priority")]
    [InlineData("\"priority\":-1", "priority")]
    [InlineData("\"timeout\":0", "timeout")]
    [InlineData("\"timeout\":\"soon\"", "timeout")]
    [InlineData("\"binary_data_output\":1", "binary_data_output")]
    public async Task Infer_WrongParameter_IsTold(string parameter, string reason)
    {
        var json = await RestClient.Json(GraphSample.Of(Texts).Inputs).ReadAsStringAsync();
        var error = await _client.RefusalAsync(
            Texts, RestClient.Text(json.Replace("{\"id\"", $"{{\"parameters\":{{{parameter}}},\"id\"")), HttpStatusCode.BadRequest);
        Assert.Contains(reason, error);
    }

    [Fact]
    public async Task Infer_TimeoutThatPasses_IsTold()
    {
        var json = await RestClient.Json(GraphSample.Of(Texts).Inputs).ReadAsStringAsync();
        var late = RestClient.Text(json.Replace("{\"id\"", "{\"parameters\":{\"timeout\":1,\"priority\":1},\"id\""));
        Assert.Contains("deadline", await _client.RefusalAsync(Texts, late, HttpStatusCode.GatewayTimeout));
    }

    [Fact]
    public async Task AnyCall_WithoutAKey_IsRefusedInTheProtocolsShapeButForHealth()
    {
        await using var server = await VisionTestServer.StartAsync(
            null, "Vision:Models:Load:0=starter-clip", "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={new string('a', 64)}");
        foreach (var path in new[] { "/v2", $"/v2/models/{Texts}", $"/v2/models/{Texts}/ready" })
        {
            using var refused = await server.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains("key", RestClient.Error(await refused.Content.ReadAsStringAsync()));
        }

        using var health = await server.Http.GetAsync("/v2/health/ready");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task OpenApi_OfTheServer_HasTheProtocolWithExamples()
    {
        var document = await _http.GetAsync("/openapi/v1.json").ExpectAsync(HttpStatusCode.OK);
        var infer = document.GetProperty("paths").GetProperty("/v2/models/{name}/infer").GetProperty("post");
        foreach (var body in new[] { infer.GetProperty("requestBody"), infer.GetProperty("responses").GetProperty("200") })
        {
            Assert.NotEmpty(body.GetProperty("content").GetProperty("application/json").GetProperty("example").EnumerateObject());
        }
    }

    [Fact]
    public async Task Infer_WrongOutput_IsTold()
    {
        var json = await RestClient.Json(GraphSample.Of(Texts).Inputs).ReadAsStringAsync();
        var error = await _client.RefusalAsync(
            Texts, RestClient.Text(json.Replace("{\"id\"", "{\"outputs\":[{\"name\":\"logits\"}],\"id\"")), HttpStatusCode.BadRequest);
        Assert.Contains("no output 'logits', but 'text_embeds'", error);
    }

    [Theory]
    [InlineData("100000", "bytes of JSON")]
    [InlineData("1", "whole number")]
    [InlineData("-5", "whole number")]
    [InlineData("99999999999999999999", "whole number")]
    public async Task Infer_WrongLengthOfJson_IsTold(string length, string reason)
    {
        var content = RestClient.Binary("{\"inputs\":[]}"u8.ToArray(), [], length);
        Assert.Contains(reason, await _client.RefusalAsync(Texts, content, HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData(615, "claim 616")]
    [InlineData(617, "claim 616")]
    public async Task Infer_WrongCountOfBytes_IsTold(int bytes, string reason)
    {
        var json = Encoding.UTF8.GetBytes("{\"inputs\":[{" + Input + ",\"shape\":[1,77],\"parameters\":{\"binary_data_size\":" + bytes + "}}]}");
        Assert.Contains(reason, await _client.RefusalAsync(Texts, RestClient.Binary(json, new byte[bytes]), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Infer_BytesOfNoInput_AreTold()
    {
        var json = Encoding.UTF8.GetBytes("{\"inputs\":[{" + Input + ",\"shape\":[1,77],\"parameters\":{\"binary_data_size\":616}}]}");
        Assert.Contains("belong to no input", await _client.RefusalAsync(Texts, RestClient.Binary(json, new byte[700]), HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Infer_IndicesBeyondTheGraphsTables_AreTheCallersFault()
    {
        var inputs = GraphSample.Of(Texts).Inputs;
        inputs[0].Data.AsSpan().Fill(0x7f);
        Assert.Contains("failed on these tensors", await _client.RefusalAsync(Texts, RestClient.Binary(inputs), HttpStatusCode.BadRequest));
    }

    [Theory]
    [InlineData("nothing.here", "infer")]
    [InlineData("starter-clip", "infer")]
    [InlineData("starter-clip.", "infer")]
    [InlineData("starter-clip.textEncoder", "versions/7/infer")]
    public async Task Infer_UnknownModelOrVersion_IsNotFound(string model, string path)
    {
        var error = await _client.RefusalAsync(model, RestClient.Json(GraphSample.Of(Texts).Inputs), HttpStatusCode.NotFound, path);
        Assert.Contains(model.Split('.')[0], error);
    }

    [Theory]
    [InlineData("/v2/models/nothing")]
    [InlineData("/v2/models/nothing/ready")]
    [InlineData("/v2/models/starter-clip.textEncoder/versions/7")]
    [InlineData("/v2/nothing")]
    public async Task Get_WhatIsNotThere_IsNotFound(string path)
    {
        using var response = await _http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        RestClient.Error(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Infer_BodyBeyondTheLimit_IsRefusedBeforeItIsRead()
    {
        using var response = await EndlessContent.OfferAsync(shared.Server.Url, $"/v2/models/{Texts}/infer", 200_000_000);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        RestClient.Error(await response.Content.ReadAsStringAsync());
    }
}
