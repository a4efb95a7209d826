using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Models;

/// <summary>
/// How a graph's runs come by the feature maps of their images: one image's are read where they lie, those of several are copied
/// together, in the host's memory or on the device, where they are.
/// </summary>
/// <param name="names">Inputs of the graph, as embeddings hold the maps.</param>
/// <param name="shapes">Their shapes, with 1 as the batch.</param>
/// <param name="precision">How embeddings are kept.</param>
/// <param name="memory">The device's own memory, where they lie; null: the host's.</param>
internal sealed class FeatureMaps(
    string[] names, IReadOnlyList<long[]> shapes, EmbeddingPrecision precision, DeviceTensors? memory)
{
    /// <summary>Allocates the maps' inputs where a run has a copy of its own.</summary>
    public void AddInputs(BoundRun run, int images)
    {
        for (var i = 0; i < names.Length && !ReadsInPlace(images); i++)
        {
            long[] shape = [images, .. shapes[i].AsSpan(1)];
            if (memory is null)
            {
                run.AddInput<float>(names[i], shape);
            }
            else
            {
                run.AddInput(names[i], memory.Allocate(shape));
            }
        }
    }

    /// <summary>Gives a run the maps of one image, or of each item's.</summary>
    /// <param name="run">What runs next; disposed where that fails.</param>
    /// <param name="items">One, or all of the batch.</param>
    /// <param name="mapsOf">An item's maps.</param>
    /// <returns>What the run reads where it lies.</returns>
    public BorrowedTensors Fill<T>(BoundRun run, IReadOnlyList<T> items, Func<T, IReadOnlyList<FeatureTensor>> mapsOf)
    {
        var lent = new BorrowedTensors();
        try
        {
            Fill(run, items, mapsOf, lent);
            return lent;
        }
        catch
        {
            lent.Dispose();
            run.Dispose();
            throw;
        }
    }

    private void Fill<T>(BoundRun run, IReadOnlyList<T> items, Func<T, IReadOnlyList<FeatureTensor>> mapsOf, BorrowedTensors lent)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (ReadsInPlace(items.Count))
            {
                Lend(run, i, mapsOf(items[0])[i], lent);
            }
            else if (memory is not null)
            {
                Gather(memory, run, items, mapsOf, i, lent);
            }
            else
            {
                var buffer = run.Input<float>(names[i]);
                for (var item = 0; item < items.Count; item++)
                {
                    mapsOf(items[item])[i].CopyTo(buffer.Row(item));
                }
            }
        }
    }

    private bool ReadsInPlace(int images) => images == 1 && precision == EmbeddingPrecision.Full;

    private void Lend(BoundRun run, int map, FeatureTensor tensor, BorrowedTensors lent)
    {
        if (memory is null)
        {
            lent.Lend(run, names[map], tensor.Floats!, shapes[map]);
        }
        else
        {
            lent.Lend(run, names[map], OnDevice(tensor));
        }
    }

    private void Gather<T>(
        DeviceTensors memory,
        BoundRun run,
        IReadOnlyList<T> items,
        Func<T, IReadOnlyList<FeatureTensor>> mapsOf,
        int map,
        BorrowedTensors lent)
    {
        var maps = new DeviceTensor[items.Count];
        for (var item = 0; item < maps.Length; item++)
        {
            maps[item] = OnDevice(mapsOf(items[item])[map]);
            lent.Hold(maps[item]);
        }

        memory.Gather(maps, run.DeviceInput(names[map]));
    }

    private static DeviceTensor OnDevice(FeatureTensor map) => map.OnDevice
        ?? throw new InvalidOperationException("The image's embedding lies in the host's memory, not on the device.");
}
