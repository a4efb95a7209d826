using System.Net.Sockets;

namespace VisionCluster.Server.Probing;

/// <summary>
/// <c>VisionCluster.Server health URL</c>: asks a server how it is. Images without a shell have nothing else to ask with.
/// </summary>
internal static class HealthProbe
{
    /// <summary>The word that makes a probe of the program.</summary>
    public const string Verb = "health";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>0 where the URL answers with success, 1 where it does not, 2 where it is none.</summary>
    public static async Task<int> RunAsync(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            await Console.Error.WriteLineAsync($"'{url}' is no URL.");
            return 2;
        }

        try
        {
            using var http = new HttpClient { Timeout = Limit };
            using var answer = await http.GetAsync(address);
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }
}
