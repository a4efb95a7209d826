using VisionCluster.Benchmarks;
using VisionCluster.Benchmarks.Batching;
using VisionCluster.Benchmarks.Masks;
using VisionCluster.Benchmarks.Scaling;
using VisionCluster.Benchmarks.Serving;

if (args is [SimulatedWorker.Verb, .. var worker])
{
    return await SimulatedWorker.RunAsync(worker);
}

IBenchmark[] all =
[
    new PolicyPick(), new AddedLatency(), new CallRate(), new DynamicBatching(), new QuietTenant(), new WeightedShares(),
    new Overload(), new ClickAllocation(), new ClickOverHttp(), new ClipThroughput(),
    new WorkerScaling(),
    new MaskPostprocessing(), new MaskPostprocessingRatio(),
];
return await BenchmarkTable.RunAsync(all, args);
