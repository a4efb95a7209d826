namespace VisionCluster.Cli.Models.Pull;

/// <summary>A file of an export.</summary>
/// <param name="Role">What it is in the model's manifest, such as <c>imageEncoder</c>.</param>
/// <param name="Path">Where it lies in its repository; <c>{variant}</c> stands for the suffix of a precision.</param>
/// <param name="Sha256">Its digest where the table vouches for it; else the hub's word is taken.</param>
internal sealed record ExportFile(string Role, string Path, string? Sha256 = null)
{
    /// <summary>Where it lies for a precision.</summary>
    public string PathOf(string variant) => Path.Replace("{variant}", variant, StringComparison.Ordinal);

    /// <summary>Its name in the model's folder.</summary>
    public string NameOf(string variant) => System.IO.Path.GetFileName(PathOf(variant));
}
