using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Models.Proposals;

/// <summary>Normalises rows into three planes of any size, red or blue first.</summary>
/// <param name="input">Receives them; what no row covers must be zero already.</param>
/// <param name="options">Mean, deviation and order of channels.</param>
internal readonly struct DetectorSink(DetectorInput input, ImagePreprocessing options) : IRowSink
{
    /// <inheritdoc/>
    public void Take(int y, ReadOnlySpan<byte> rgb)
    {
        var values = input.Values.Span;
        var scale = options.Range == 1 ? 1 / 255f : 1;
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = options.Channels == ChannelOrder.Bgr ? 2 - channel : channel;
            var row = values.Slice(((plane * input.Height) + y) * input.Width, rgb.Length / 3);
            var (mean, std) = (options.Mean[channel], options.Std[channel]);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = ((rgb[(3 * x) + channel] * scale) - mean) / std;
            }
        }
    }
}
