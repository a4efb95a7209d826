using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>Feature maps in the host's memory: one image's are read where they lie, those of several are copied together.</summary>
/// <param name="names">Inputs of the decoder, as embeddings hold the maps.</param>
/// <param name="shapes">Their shapes, with 1 as the batch.</param>
/// <param name="precision">How embeddings are kept.</param>
internal sealed class HostFeatureMaps(string[] names, IReadOnlyList<long[]> shapes, EmbeddingPrecision precision) : IFeatureMapSource
{
    public void AddInputs(BoundRun run, int images)
    {
        for (var i = 0; i < names.Length && (images > 1 || precision == EmbeddingPrecision.Half); i++)
        {
            run.AddInput<float>(names[i], [images, .. shapes[i].AsSpan(1)]);
        }
    }

    public void Fill(BoundRun run, IReadOnlyList<SamDecoderInput> prompts, BorrowedTensors lent)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (prompts.Count == 1 && prompts[0].Embedding.Maps[i].Floats is { } values)
            {
                lent.Lend(run, names[i], values, prompts[0].Embedding.Shapes[i]);
                continue;
            }

            var buffer = run.Input<float>(names[i]);
            for (var item = 0; item < prompts.Count; item++)
            {
                prompts[item].Embedding.Maps[i].CopyTo(buffer.Row(item));
            }
        }
    }
}
