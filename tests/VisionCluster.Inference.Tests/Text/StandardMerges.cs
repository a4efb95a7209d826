using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Tests.Text;

/// <summary>CLIP's own merges, as the starter model carries them.</summary>
internal static class StandardMerges
{
    /// <summary>Where they are.</summary>
    public static string Path { get; } = Find();

    private static readonly Lazy<ClipTokenizer> _tokenizer = new(() => ClipTokenizer.FromMerges(Path));

    public static ClipTokenizer Tokenizer => _tokenizer.Value;

    private static string Find()
    {
        const string Relative = "src/VisionCluster.StarterModels/models/starter-clip/merges.txt";
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(d.FullName, Relative)))
            {
                return System.IO.Path.Combine(d.FullName, Relative);
            }
        }

        throw new FileNotFoundException(Relative);
    }
}
