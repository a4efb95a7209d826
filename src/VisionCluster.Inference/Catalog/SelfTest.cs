namespace VisionCluster.Inference.Catalog;

/// <summary>Recorded inputs and outputs of a model's graphs.</summary>
/// <param name="Inputs">An <c>.npz</c> file with arrays <c>file.in.name</c> and <c>file.out.name</c>.</param>
/// <param name="Tolerance">Largest difference, relative to the largest recorded output.</param>
public sealed record SelfTest(string Inputs, double Tolerance = 1e-3);
