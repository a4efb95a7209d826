using System.Security.Cryptography;
using System.Text;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>Key of a <see cref="ITextEmbeddingGrain"/>: <c>model/shard</c>.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Shard">0 to <see cref="Count"/> - 1.</param>
public readonly record struct TextShardKey(string Model, int Shard)
{
    /// <summary>Shards of each model.</summary>
    public const int Count = 64;

    /// <summary>The shard of a label, the same on every silo and version.</summary>
    public static TextShardKey For(string model, string label) =>
        new(model, SHA256.HashData(Encoding.UTF8.GetBytes(label))[0] % Count);

    /// <summary>Reads a grain's key.</summary>
    public static TextShardKey FromGrainKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.LastIndexOf('/');
        return new(key[..slash], int.Parse(key.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Model}/{Shard}";
}
