namespace VisionCluster.Inference.Imaging;

/// <summary>Takes the rows of a resized picture from the top.</summary>
internal interface IRowSink
{
    /// <summary>One row of interleaved RGB, valid until the call returns.</summary>
    void Take(int y, ReadOnlySpan<byte> rgb);
}
