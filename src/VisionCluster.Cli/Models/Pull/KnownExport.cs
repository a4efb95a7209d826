using System.Text.Json.Nodes;

namespace VisionCluster.Cli.Models.Pull;

/// <summary>A model that somebody else exported, and what its manifest must say.</summary>
/// <param name="Name">The name it is pulled and served by.</param>
/// <param name="Repository">Owner and name on the hub.</param>
/// <param name="Files">What to fetch.</param>
/// <param name="Manifest">Its <c>model.json</c> but for name, version and files; null where this version does not serve it.</param>
/// <param name="Revision">Branch, tag or commit.</param>
/// <param name="Variants">Suffixes of precisions that the repository has, such as <c>_fp16</c>.</param>
internal sealed record KnownExport(
    string Name,
    string Repository,
    IReadOnlyList<ExportFile> Files,
    JsonObject? Manifest,
    string Revision = "main",
    IReadOnlyList<string>? Variants = null);
