namespace VisionCluster.Inference.Models.Sam;

/// <summary>One prompt in the model's frame.</summary>
/// <param name="Embedding">The image.</param>
/// <param name="Coordinates">x, y of each point, pixels of the padded square input.</param>
/// <param name="Labels">1 object, 0 background, 2 and 3 a box's corners, -1 padding.</param>
/// <param name="MaskInput">Low-resolution logits of an earlier mask, or null.</param>
internal sealed record SamDecoderInput(SamEmbedding Embedding, float[] Coordinates, float[] Labels, float[]? MaskInput);
