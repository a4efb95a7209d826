namespace VisionCluster.Cli.Bench;

/// <summary>What <c>visionctl bench</c> does over and over.</summary>
internal enum BenchScenario
{
    /// <summary>One click on an image whose embedding is there.</summary>
    Click,

    /// <summary>Ten labels on an image whose embedding is there.</summary>
    Classify,

    /// <summary>Boxes of labelled objects.</summary>
    Detect,

    /// <summary>What a user of an annotation tool does: open an image nobody opened before, click it a few times, leave it.</summary>
    ClickSession,
}
