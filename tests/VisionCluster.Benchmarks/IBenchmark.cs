namespace VisionCluster.Benchmarks;

/// <summary>One row of the table.</summary>
internal interface IBenchmark
{
    /// <summary>What is measured.</summary>
    string Name { get; }

    /// <summary>The bar, in words.</summary>
    string Bar { get; }

    Task<Figure> RunAsync();
}
