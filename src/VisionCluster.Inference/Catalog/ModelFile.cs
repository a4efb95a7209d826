namespace VisionCluster.Inference.Catalog;

/// <summary>A file of a model.</summary>
/// <param name="Path">Relative to the model's folder, inside it.</param>
/// <param name="Sha256">Its digest, 64 hexadecimal digits; null where the manifest vouches for nothing.</param>
public sealed record ModelFile(string Path, string? Sha256 = null);
