using System.Text.Json.Serialization;

namespace VisionCluster.Contracts.Embeddings;

/// <summary>
/// Something to embed, one of the three. In JSON a string (a text, or an image as <c>data:image/...;base64,...</c>) or
/// <c>{"image": "id"}</c>.
/// </summary>
[JsonConverter(typeof(EmbeddingInputJsonConverter))]
public sealed record EmbeddingInput
{
    /// <summary>A text.</summary>
    public string? Text { get; private init; }

    /// <summary>Id of a live image session of the tenant.</summary>
    public string? Image { get; private init; }

    /// <summary>Bytes of an image that is not uploaded; empty for the others.</summary>
    public ReadOnlyMemory<byte> Content { get; private init; }

    /// <summary>A text.</summary>
    public static EmbeddingInput OfText(string text) => new() { Text = text };

    /// <summary>An image session.</summary>
    public static EmbeddingInput OfImage(string id) => new() { Image = id };

    /// <summary>An image's bytes.</summary>
    public static EmbeddingInput OfContent(ReadOnlyMemory<byte> content) => new() { Content = content };
}
