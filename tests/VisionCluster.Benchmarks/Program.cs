using VisionCluster.Benchmarks;
using VisionCluster.Benchmarks.Batching;
using VisionCluster.Benchmarks.Gpu;
using VisionCluster.Benchmarks.Imaging;
using VisionCluster.Benchmarks.Labels;
using VisionCluster.Benchmarks.Masks;
using VisionCluster.Benchmarks.Scaling;
using VisionCluster.Benchmarks.Serving;
using VisionCluster.Benchmarks.Text;

if (args is [SimulatedWorker.Verb, .. var worker])
{
    return await SimulatedWorker.RunAsync(worker);
}

if (args is [ScaleReport.Verb])
{
    return await ScaleReport.RunAsync();
}

if (args is [GpuReport.Verb, .. var gpu])
{
    return await GpuReport.RunAsync(gpu);
}

IBenchmark[] all =
[
    new PolicyPick(), new AddedLatency(), new CallRate(), new DynamicBatching(), new QuietTenant(), new WeightedShares(),
    new Overload(), new ClickAllocation(), new ClickOverHttp(), new TelemetryOverhead(),
    new ClipThroughput("the starter CLIP (64 pixels)", TimeSpan.FromSeconds(2)),
    new ClipThroughput("CLIP ViT-B/32 (random weights)", TimeSpan.FromSeconds(9), ClipDirectory.OfVisionTransformer),
    new WorkerScaling(), new SessionMemory(),
    new MaskPostprocessing(), new MaskPostprocessingRatio(), new AutomaticMasks(),
    new VocabularyCost("CLIP ViT-B/32 (random weights)", 12, ClipDirectory.OfVisionTransformer),
    new VocabularyCost("the starter CLIP (64 pixels)", 60),
    new RegionEncoders(), new SearchTime(), new JpegToTensor(), new IsolatedDecode(), new TokenizerRate(),
];
return await BenchmarkTable.RunAsync(all, args);
