using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Endpoints;

[Collection(GatewayServer.Name)]
public sealed class LiveEndpointTests(SharedServer shared)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Live_PromptAfterPrompt_AnswersEachWithItsId()
    {
        var id = await shared.Server.Http.UploadSampleAsync();
        using var socket = await ConnectAsync(id);
        foreach (var number in (int[])[7, 8])
        {
            var answer = await AskAsync(
                socket, $$$"""{"id":{{{number}}},"request":{"prompts":[{"points":[{"x":150,"y":200}]}],"multimask":false}}""");

            Assert.Equal(number, answer.GetProperty("id").GetInt32());
            Assert.True(answer.GetProperty("response").GetProperty("results")[0].GetProperty("masks")[0].GetProperty("area").GetInt32() > 0);
            Assert.True(answer.GetProperty("timings").GetProperty("inference").GetDouble() > 0);
        }
    }

    [Theory]
    [InlineData("{", "InvalidRequest")]
    [InlineData("""{"id":1,"request":{"prompts":[]}}""", "InvalidRequest")]
    [InlineData("""{"id":1}""", "InvalidRequest")]
    [InlineData("""{"id":1,"request":{"prompts":[{"points":[{"x":1,"y":1}],"maskId":"nope"}]}}""", "MaskNotFound")]
    public async Task Live_BadMessage_IsAnsweredAndTheConnectionGoesOn(string message, string code)
    {
        var id = await shared.Server.Http.UploadSampleAsync();
        using var socket = await ConnectAsync(id);

        var answer = await AskAsync(socket, message);

        Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetString());
        answer = await AskAsync(socket, """{"id":2,"request":{"prompts":[{"points":[{"x":150,"y":200}]}]}}""");
        Assert.Equal(2, answer.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task Live_UnknownImage_IsRefusedBeforeTheUpgrade()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Url(new string('0', 32)), CancellationToken.None));

        Assert.Equal(System.Net.HttpStatusCode.NotFound, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Live_WithoutUpgrade_IsAProblem()
    {
        var id = await shared.Server.Http.UploadSampleAsync();

        await shared.Server.Http.GetAsync($"/v1/images/{id}/live").ExpectProblemAsync(System.Net.HttpStatusCode.BadRequest, "InvalidRequest");
    }

    private async Task<ClientWebSocket> ConnectAsync(string id)
    {
        var socket = new ClientWebSocket();
        using var limit = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(Url(id), limit.Token);
        return socket;
    }

    private Uri Url(string id) => new UriBuilder(new Uri(shared.Server.Url, $"/v1/images/{id}/live")) { Scheme = "ws" }.Uri;

    private static async Task<JsonElement> AskAsync(ClientWebSocket socket, string message)
    {
        using var limit = new CancellationTokenSource(Patience);
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, limit.Token);
        var buffer = new byte[1 << 20];
        var filled = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(filled), limit.Token);
            filled += received.Count;
        }
        while (!received.EndOfMessage);

        return JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, filled));
    }
}
