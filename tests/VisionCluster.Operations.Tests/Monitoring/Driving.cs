using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Samples;

namespace VisionCluster.Operations.Tests.Monitoring;

/// <summary>Every kind of request.</summary>
internal static class Driving
{
    private static readonly string[] Samples = ["held-twemoji-1", "held-twemoji-2", "noto-1", "noto-2"];

    public static async Task<string> UploadAsync(HttpClient http, string sample)
    {
        using var body = new ByteArrayContent(Sample.Load(sample).Bytes);
        using var answer = await http.PostAsync(new Uri("/v1/images", UriKind.Relative), body);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    /// <summary>The same as soon as the store takes it: one that the machine gave no time refuses for the moment.</summary>
    public static async Task<string> UploadOnceTakenAsync(HttpClient http, string sample, TimeSpan limit)
    {
        var id = "";
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    id = await UploadAsync(http, sample);
                    return true;
                }
                catch (KeyNotFoundException)
                {
                    // The problem that came has no id.
                    return false;
                }
            },
            limit,
            "the picture is taken");
        return id;
    }

    /// <summary>Each task on each sample, several label sets of words, and what is refused.</summary>
    public static async Task EverythingOnceAsync(HttpClient http, int round)
    {
        foreach (var sample in Samples)
        {
            var id = await UploadAsync(http, sample);
            await PostAsync(http, $"/v1/images/{id}/segment", """{"prompts":[{"points":[{"x":50,"y":60}]}]}""");
            await PostAsync(http, $"/v1/images/{id}/classify", $$"""{"labels":["dog","pizza","word {{round}}"]}""");
        }

        var last = await UploadAsync(http, Samples[0]);
        await PostAsync(http, $"/v1/images/{last}/detect", """{"labels":["dog face"]}""");
        await PostAsync(http, "/v1/embeddings", """{"input":"a word"}""");
        await PostAsync(http, $"/v1/images/{last}/classify", """{"nonsense":true}""");
        await FailAsync(http, last);
        using var stranger = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        stranger.Headers.Add("X-Api-Key", "guest");
        using var answer = await http.SendAsync(stranger);
    }

    /// <summary>A call that nobody can answer in time: 504.</summary>
    public static async Task FailAsync(HttpClient http, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/images/{id}/detect")
        {
            Content = new StringContent("""{"labels":["dog face"]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Vision-Timeout-Ms", "1");
        using var answer = await http.SendAsync(request);
    }

    public static async Task<HttpStatusCode> PostAsync(HttpClient http, string path, string json)
    {
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"));
        return answer.StatusCode;
    }

    /// <summary>The same while the store may be away: then an upload says so, and the rest has no image to ask for.</summary>
    public static async Task EverythingUnlessAwayAsync(HttpClient http, int round = 0)
    {
        try
        {
            await EverythingOnceAsync(http, round);
        }
        catch (KeyNotFoundException)
        {
            // The problem that came has no id.
        }
    }

    /// <summary>Uploads pictures until nine tenths of a quota and more are taken.</summary>
    public static async Task FillAsync(HttpClient http, long quota)
    {
        for (var i = 1; i <= 40; i++)
        {
            using var body = new ByteArrayContent(Bitmap(i, (int)(quota / 32)));
            using var answer = await http.PostAsync(new Uri("/v1/images", UriKind.Relative), body);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return;
            }
        }
    }

    /// <summary>Deletes one of those pictures and uploads it nowhere: the tenant's bytes are counted again.</summary>
    public static async Task EmptyAsync(HttpClient http)
    {
        for (var i = 1; i <= 40; i++)
        {
            var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Bitmap(i, 1 << 15)))[..32];
            using var answer = await http.DeleteAsync(new Uri($"/v1/images/{id}", UriKind.Relative));
        }
    }

    /// <summary>As many prompts as a call may have; it gives up after a few seconds.</summary>
    public static async Task ClickManyAsync(HttpClient http, string id)
    {
        var prompts = string.Join(',', Enumerable.Range(0, 256).Select(i => $$"""{"points":[{"x":{{10 + i}},"y":60}]}"""));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/images/{id}/segment")
        {
            Content = new StringContent($$"""{"prompts":[{{prompts}}],"multimask":false}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Vision-Timeout-Ms", "3000");
        using var answer = await http.SendAsync(request);
    }

    /// <summary>A bitmap of about so many bytes; no two numbers give the same.</summary>
    private static byte[] Bitmap(int number, int bytes)
    {
        const int header = 54;
        const int width = 64;
        var height = (bytes - header) / (width * 3);
        var image = new byte[header + (width * height * 3)];
        using var writer = new BinaryWriter(new MemoryStream(image));
        writer.Write("BM"u8);
        writer.Write(image.Length);
        writer.Write(0);
        writer.Write(header);
        writer.Write(40);
        writer.Write(width);
        writer.Write(height);
        writer.Write((short)1);
        writer.Write((short)24);
        new Random(number).NextBytes(image.AsSpan(header));
        return image;
    }
}
