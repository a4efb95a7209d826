namespace VisionCluster.Grains.TextEmbeddings;

/// <summary>What a label embedding is a function of.</summary>
/// <param name="Model">Name and version.</param>
/// <param name="Label">The label as it was given.</param>
/// <param name="Templates">All sentences, joined.</param>
internal readonly record struct LabelKey(string Model, string Label, string Templates);
