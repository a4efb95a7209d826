using NetVips;

namespace VisionCluster.Inference.Imaging;

/// <summary>libvips, set up for a server that decodes bytes of unknown origin.</summary>
internal static class VipsRuntime
{
    // Parallelism is one picture a thread, and no picture is asked for twice, so pools and caches only cost memory.
    static VipsRuntime()
    {
        global::NetVips.NetVips.Concurrency = 1;
        Cache.Max = 0;
        Cache.MaxMem = 0;
        Cache.MaxFiles = 0;
        global::NetVips.NetVips.BlockUntrusted = true;
        Operation.Block("VipsForeignLoad", true);
        foreach (string loader in (string[])["Jpeg", "Png", "Webp", "Nsgif", "Tiff"])
        {
            Operation.Block($"VipsForeignLoad{loader}", false);
        }
    }

    /// <summary>Makes sure that it is set up.</summary>
    public static void Ensure()
    {
    }
}
