using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Onnx.Recording;

namespace VisionCluster.Inference.Tests.Onnx.Recording;

public sealed class RecordingGateTests
{
    [Fact]
    public async Task TryRecord_WhileOthersRunAndLoad_IsAlone()
    {
        // Long enough for others whom the machine gives no time.
        using var gate = new RecordingGate { UseLimit = TimeSpan.FromMinutes(1) };
        var (inside, seen, recorded) = (0, 0, 0);
        using var stop = new CancellationTokenSource();
        var others = Enumerable.Range(0, 6).Select(i => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var passage = i % 2 == 0 ? RecordingGate.Use(gate) : RecordingGate.Load(gate);
                    Interlocked.Increment(ref inside);
                    Thread.Yield();
                    Interlocked.Decrement(ref inside);
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();

        for (var i = 0; i < 200; i++)
        {
            recorded += gate.TryRecord(() =>
            {
                seen += Volatile.Read(ref inside);
                Thread.Yield();
                seen += Volatile.Read(ref inside);
            }) ? 1 : 0;
        }

        await stop.CancelAsync();
        await Task.WhenAll(others);
        Assert.Equal((0, 200), (seen, recorded));
    }

    [Fact]
    public async Task TryRecord_ThatThrows_LetsOthersIn()
    {
        using var gate = new RecordingGate();

        Assert.Throws<InvalidOperationException>(() => gate.TryRecord(static () => throw new InvalidOperationException()));

        Assert.True(await Task.Run(() => gate.TryRecord(static () => { })).WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Of_DeviceOrOptionsThatRecordNothing_IsNoGate()
    {
        var (on, gpu) = (new OnnxOptions { CudaGraphs = true }, new OnnxDevice(AcceleratorKind.Cuda, 0));

        Assert.Same(RecordingGate.Shared, RecordingGate.Of(gpu, on));
        Assert.Null(RecordingGate.Of(gpu, new OnnxOptions()));
        Assert.Null(RecordingGate.Of(new OnnxDevice(AcceleratorKind.Cpu, 0), on));
    }
}
