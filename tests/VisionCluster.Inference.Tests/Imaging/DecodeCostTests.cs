using System.Buffers.Binary;
using System.Diagnostics;
using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Imaging;

namespace VisionCluster.Inference.Tests.Imaging;

public sealed class DecodeCostTests
{
    private const int Tries = 5;
    private const int Leavers = 20;

    private static readonly Lazy<byte[]> _large = new(() => PngWriter.WriteRgb(Pictures.Noise(3000, 2400, seed: 31)));

    [Fact]
    public void ReadHeader_HugePng_CostsNoMemoryAndNoTime()
    {
        var codec = new VipsImageCodec(new ImageLimits());
        byte[] png = PngWriter.WriteRgb(Pictures.Noise(8, 8, seed: 30));
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 60_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 60_000);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Pictures.Crc32(png.AsSpan(12, 17)));
        Refuse(codec, png);
        TimeSpan least = TimeSpan.MaxValue;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Tries; i++)
        {
            long started = Stopwatch.GetTimestamp();
            Refuse(codec, png);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            least = took < least ? took : least;
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Tries, 0, 1 << 20);
        Assert.InRange(least, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Decode_CallerLeaves_GivesNoPixels()
    {
        var codec = new VipsImageCodec(new ImageLimits());
        byte[] png = _large.Value;

        // What a machine without time for this test lets end before anybody leaves is tried again.
        Exception? error = null;
        for (int i = 0; i < Leavers && error is null; i++)
        {
            using var giveUp = new CancellationTokenSource();
            Task decoding = Task.Run(() => codec.Decode(png, giveUp.Token), CancellationToken.None);
            await giveUp.CancelAsync();
            error = await Record.ExceptionAsync(() => decoding);
        }

        Assert.IsAssignableFrom<OperationCanceledException>(error);
    }

    [Fact]
    public void Decode_LongerThanAllowed_IsGivenUp()
    {
        var hasty = new VipsImageCodec(new ImageLimits { DecodeTimeout = TimeSpan.FromTicks(1) });

        var error = Assert.Throws<VisionException>(() => hasty.Decode(_large.Value, CancellationToken.None));

        Assert.Equal(VisionErrorCode.DeadlineExceeded, error.Code);
    }

    private static void Refuse(VipsImageCodec codec, byte[] png) => Assert.Equal(
        VisionErrorCode.ImageTooLarge, Assert.Throws<VisionException>(() => codec.ReadHeader(png)).Code);
}
