using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Tests.Text;

/// <summary>CLIP's own merges, as the starter model carries them.</summary>
internal static class StandardMerges
{
    private static readonly Lazy<ClipTokenizer> _tokenizer = new(() => ClipTokenizer.FromMerges(Find()));

    public static ClipTokenizer Tokenizer => _tokenizer.Value;

    private static string Find()
    {
        const string Relative = "src/VisionCluster.StarterModels/models/starter-clip/merges.txt";
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, Relative)))
            {
                return Path.Combine(d.FullName, Relative);
            }
        }

        throw new FileNotFoundException(Relative);
    }
}
