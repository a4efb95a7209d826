namespace ImageService;

/// <summary>What there is to do.</summary>
/// <param name="Paths">Files of images.</param>
internal sealed record Pictures(IReadOnlyList<string> Paths);
