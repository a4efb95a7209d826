using System.Security.Cryptography;
using System.Text;

namespace VisionCluster.TestKit.Servers;

/// <summary>API keys of a test's tenants.</summary>
public static class TestKeys
{
    /// <summary>What a server is told of a key.</summary>
    public static string DigestOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>A caller who shows a key.</summary>
    public static HttpClient ClientOf(this VisionTestServer server, string key)
    {
        ArgumentNullException.ThrowIfNull(server);
        var client = new HttpClient { BaseAddress = server.Url };
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }
}
