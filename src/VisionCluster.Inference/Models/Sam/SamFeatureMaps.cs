using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Names of the feature maps that go from an image encoder to its mask decoder.</summary>
internal static class SamFeatureMaps
{
    private const string Numbered = "image_embeddings.";

    /// <summary>
    /// What both graphs name: <c>image_embeddings</c> (SAM), <c>image_embeddings.0</c> to <c>.2</c> (Hugging Face's SAM 2), or
    /// <c>image_embed</c> with <c>high_res_feats_0</c> and <c>_1</c> (SAM 2 after Meta's names). The coarsest map is first.
    /// </summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static string[] Of(OnnxGraph encoder, OnnxGraph decoder)
    {
        string[] shared = [.. encoder.Outputs.Keys
            .Where(name => name != HuggingFaceDialect.Positional && decoder.Inputs.ContainsKey(name))
            .OrderByDescending(name => name, StringComparer.Ordinal)];
        if (shared.Length == 0)
        {
            throw new InvalidDataException("The mask decoder takes none of the image encoder's outputs.");
        }

        return shared.All(name => name.StartsWith(Numbered, StringComparison.Ordinal))
            ? shared
            : [.. shared.OrderBy(name => name.StartsWith("image_embed", StringComparison.Ordinal) ? 0 : 1)];
    }
}
