using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Gateway.Tests;

/// <summary>Requests as callers send them.</summary>
internal static class VisionRequests
{
    public static async Task<HttpResponseMessage> UploadAsync(this HttpClient http, byte[] bytes, string type = "image/png")
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new(type);
        return await http.PostAsync("/v1/images", content);
    }

    public static async Task<string> UploadSampleAsync(this HttpClient http, string name = "held-twemoji-1")
    {
        var response = await http.UploadAsync(Sample.Load(name).Bytes);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public static Task<HttpResponseMessage> PostTextAsync(this HttpClient http, string path, string json) =>
        http.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public static async Task<JsonElement> ExpectAsync(this Task<HttpResponseMessage> sent, HttpStatusCode status)
    {
        var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public static async Task ExpectProblemAsync(this Task<HttpResponseMessage> sent, HttpStatusCode status, string code)
    {
        var response = await sent;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await Task.FromResult(response).ExpectAsync(status);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
    }
}
