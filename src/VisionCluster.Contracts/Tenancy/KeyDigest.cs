using System.Security.Cryptography;
using System.Text;

namespace VisionCluster.Contracts.Tenancy;

/// <summary>What is kept of an API key: who writes files of keys and who reads them agree on it here.</summary>
public static class KeyDigest
{
    /// <summary>SHA-256 of a key's UTF-8 bytes, 64 hexadecimal digits in lower case.</summary>
    public static string Of(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
