using VisionCluster.Cli.Drawing;
using VisionCluster.Contracts.Detection;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Cli.Demo;

/// <summary>One line of the demo's table.</summary>
/// <param name="Asked">The question.</param>
/// <param name="Answer">What came back, in words.</param>
/// <param name="Score">The model's own opinion of its answer.</param>
internal sealed record DemoAnswer(string Asked, string Answer, double Score)
{
    /// <summary>What the answer is drawn with; null where nothing is drawn.</summary>
    public Swatch? Colour { get; init; }

    /// <summary>The mask that came back.</summary>
    public MaskBitmap? Mask { get; init; }

    /// <summary>The box that was asked or came back.</summary>
    public PixelBox? Box { get; init; }

    /// <summary>The click that was asked.</summary>
    public (double X, double Y)? Click { get; init; }

    /// <summary>Of the mask with the true one, 0 to 1; null where no mask was asked for.</summary>
    public double? Iou { get; init; }

    /// <summary>Whether the label is the true one; null where none was asked for.</summary>
    public bool? Right { get; init; }

    /// <summary>Milliseconds of each stage; null on the further lines of one call.</summary>
    public StageTimings? Timings { get; init; }

    /// <summary>Milliseconds from request to answer, as the caller sees them.</summary>
    public double Total { get; init; }
}
