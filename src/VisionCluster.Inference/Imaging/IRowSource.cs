namespace VisionCluster.Inference.Imaging;

/// <summary>Gives the rows of a picture, each row at most once more after a later one was asked for.</summary>
internal interface IRowSource
{
    /// <summary>Pixels a row.</summary>
    int Width { get; }

    /// <summary>Rows.</summary>
    int Height { get; }

    /// <summary>One row of interleaved RGB and bytes of no meaning behind it.</summary>
    /// <param name="y">Not less than in the call before.</param>
    /// <param name="edge">As long as what comes back must be; may be written to.</param>
    ReadOnlySpan<byte> Row(int y, Span<byte> edge);
}
