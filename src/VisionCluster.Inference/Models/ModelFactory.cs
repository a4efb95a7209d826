using Microsoft.ML.OnnxRuntime;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Clip;
using VisionCluster.Inference.Models.Proposals;
using VisionCluster.Inference.Models.Regions;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Text;

namespace VisionCluster.Inference.Models;

/// <summary>Makes models of folders.</summary>
internal static class ModelFactory
{
    /// <exception cref="VisionException"><c>ModelUnavailable</c> with the reason.</exception>
    public static LoadedModel Create(ModelFolder folder, ModelServices services)
    {
        folder.VerifyChecksums();
        try
        {
            return folder.Manifest.Family switch
            {
                ModelFamily.Sam => new SamModel(folder, services),
                ModelFamily.Clip => new ClipModel(folder, services, Tokenizer(folder)),
                ModelFamily.RegionClip => new RegionModel(folder, services),
                ModelFamily.Proposals => new ProposalModel(folder, services),
                var family => throw new VisionException(
                    VisionErrorCode.ModelUnavailable, $"Models of family '{family}' are not served."),
            };
        }
        catch (Exception error) when (error is OnnxRuntimeException or IOException or InvalidDataException or InvalidOperationException or KeyNotFoundException)
        {
            throw new VisionException(
                VisionErrorCode.ModelUnavailable, $"Model '{folder.Manifest.Name}' cannot be loaded: {error.Message}", error);
        }
    }

    private static ClipTokenizer Tokenizer(ModelFolder folder) => ClipTokenizer.FromMerges(
        folder.Has("merges")
            ? folder.PathOf("merges")
            : Path.Combine(AppContext.BaseDirectory, "models", "starter-clip", "merges.txt"));
}
