using VisionCluster.Benchmarks;
using VisionCluster.Benchmarks.Batching;
using VisionCluster.Benchmarks.Serving;

IBenchmark[] all =
[
    new PolicyPick(), new AddedLatency(), new CallRate(), new DynamicBatching(), new QuietTenant(), new WeightedShares(),
    new Overload(), new ClickAllocation(), new ClickOverHttp(), new ClipThroughput(),
];
return await BenchmarkTable.RunAsync(all, args);
