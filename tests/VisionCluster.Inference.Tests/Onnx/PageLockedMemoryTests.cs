using Microsoft.ML.OnnxRuntime;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Onnx;

/// <summary>The paths of page-locked memory, with a CPU's allocator in its place.</summary>
public sealed class PageLockedMemoryTests : IDisposable
{
    private readonly TensorGraph _session = new(TensorGraph.Finite(), ModelFixture.Services.Device, new OnnxOptions(), new ArenaShrinkage());
    private readonly PageLockedMemory _memory;

    public PageLockedMemoryTests() => _memory = new(_session.CreateAllocator(OrtMemoryInfo.DefaultInstance));

    [Fact]
    public void Of_ASessionOnACpu_IsNone()
    {
        using var options = new SessionOptions();
        using var session = new InferenceSession(TensorGraph.Finite(), options);
        Assert.Null(PageLockedMemory.Of(session, ModelFixture.Services.Device, gate: null));
    }

    [Fact]
    public void TensorBuffer_InIt_IsReadAndWrittenByTheRuntimeInPlace()
    {
        using var buffer = new TensorBuffer<float>([2, 3], _memory);
        for (var i = 0; i < 6; i++)
        {
            buffer.Data[i] = i;
        }

        buffer.Row(1).Fill(7);
        Assert.Equal([0, 1, 2, 7, 7, 7], buffer.Value.GetTensorDataAsSpan<float>().ToArray());
        buffer.Value.GetTensorMutableDataAsSpan<float>().Fill(-1);
        Assert.Equal(Enumerable.Repeat(-1f, 6), buffer.Data.ToArray());
        Assert.Equal((24, 24), (buffer.Bytes, buffer.LockedBytes));
        Assert.Equal(24, _memory.UsedBytes);
    }

    [Fact]
    public void TensorBuffer_Disposed_GivesBackOnceAndIsNotWritten()
    {
        using var other = new TensorBuffer<long>([4], _memory);
        var buffer = new TensorBuffer<float>([1, 100], _memory);
        Assert.Equal(432, _memory.UsedBytes);

        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(32, _memory.UsedBytes);
        Assert.Throws<ObjectDisposedException>(() => buffer.Data[0] = 1);
        Assert.Throws<ObjectDisposedException>(() => buffer.Row(0)[0] = 1);
    }

    [Fact]
    public unsafe void Array_DisposedWhileATensorViewsIt_IsGivenBackWithTheView()
    {
        var array = _memory.TryAllocate<float>(3)!;
        array.GetSpan().Fill(0.5f);
        var view = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, array.Memory, [3]);
        var pin = array.Pin(1);

        ((IDisposable)array).Dispose();
        Assert.False(array.IsFreed);
        Assert.Equal([0.5f, 0.5f, 0.5f], view.GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal(0.5f, ((float*)pin.Pointer)[1]);
        Assert.Throws<ObjectDisposedException>(() => array.Pin());
        pin.Dispose();
        Assert.False(array.IsFreed);

        view.Dispose();
        Assert.True(array.IsFreed);
        Assert.Equal(0, _memory.UsedBytes);
    }

    [Fact]
    public void Dispose_BeforeItsBuffers_LeavesThemUsableAndGivesNoMore()
    {
        var buffer = new TensorBuffer<float>([3], _memory);
        _memory.Dispose();
        _session.Dispose();

        buffer.Data.Fill(2);
        Assert.Equal([2, 2, 2], buffer.Value.GetTensorDataAsSpan<float>().ToArray());
        buffer.Dispose();
        Assert.Equal(0, _memory.UsedBytes);

        using var later = new TensorBuffer<float>([3], _memory);
        later.Data.Fill(3);
        Assert.Equal([3, 3, 3], later.Value.GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal(0, later.LockedBytes);
    }

    [Fact]
    public void TensorBuffer_OfNoNumbers_TakesNone()
    {
        using var buffer = new TensorBuffer<float>([4, 0, 4], _memory);
        Assert.True(buffer.Data.IsEmpty);
        Assert.Equal(0, _memory.UsedBytes);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _session.Dispose();
    }
}
