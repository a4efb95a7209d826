using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// Feature maps in the device's memory: one image's are read where they lie, those of several are copied together on the
/// device. No map comes to the host.
/// </summary>
/// <param name="names">Inputs of the decoder, as embeddings hold the maps.</param>
/// <param name="shapes">Their shapes, with 1 as the batch.</param>
/// <param name="precision">How embeddings are kept.</param>
/// <param name="memory">Where they lie.</param>
internal sealed class DeviceFeatureMaps(
    string[] names, IReadOnlyList<long[]> shapes, EmbeddingPrecision precision, DeviceTensors memory) : IFeatureMapSource
{
    public void AddInputs(BoundRun run, int images)
    {
        for (var i = 0; i < names.Length && (images > 1 || precision == EmbeddingPrecision.Half); i++)
        {
            run.AddInput(names[i], memory.Allocate([images, .. shapes[i].AsSpan(1)]));
        }
    }

    public void Fill(BoundRun run, IReadOnlyList<SamDecoderInput> prompts, BorrowedTensors lent)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (prompts.Count == 1 && precision == EmbeddingPrecision.Full)
            {
                lent.Lend(run, names[i], MapOf(prompts[0], i));
                continue;
            }

            var maps = new DeviceTensor[prompts.Count];
            for (var item = 0; item < maps.Length; item++)
            {
                maps[item] = MapOf(prompts[item], i);
                lent.Hold(maps[item]);
            }

            memory.Gather(maps, run.DeviceInput(names[i]));
        }
    }

    private static DeviceTensor MapOf(SamDecoderInput prompt, int map) => prompt.Embedding.Maps[map].OnDevice
        ?? throw new InvalidOperationException("The image's embedding lies in the host's memory, not on the device.");
}
