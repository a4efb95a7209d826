using Microsoft.ML.OnnxRuntime.Tensors;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Onnx;

/// <summary>The paths of a device's own memory, with a CPU's in its place.</summary>
public sealed class DeviceTensorsTests : IDisposable
{
    private static readonly long[] Shape = [1, 2, 3];
    private static readonly float[] Numbers = [0.5f, -1, 2, 1 / 3f, 65504, -0.0625f];

    private readonly DeviceTensors _memory = new(ModelFixture.Services.Device, new OnnxOptions());

    [Fact]
    public void Download_WhatWasUploaded_IsTheSame()
    {
        using var tensor = _memory.Upload(Numbers, Shape);
        Assert.Equal(24, tensor.Bytes);
        Assert.Equal(Numbers, Read(tensor));
        Assert.Equal(48, _memory.HostBytes);
    }

    [Fact]
    public void Download_UploadedAsFloat16_IsAsNarrowed()
    {
        using var tensor = _memory.Upload(Numbers, Shape, TensorElementType.Float16);
        Assert.Equal(12, tensor.Bytes);
        Assert.Equal(Numbers.Select(number => (float)(Half)number), Read(tensor));
    }

    [Theory]
    [InlineData(TensorElementType.Float)]
    [InlineData(TensorElementType.Float16)]
    public void Gather_Items_LieOneAfterAnotherAndAreTakenApartAgain(TensorElementType type)
    {
        DeviceTensor[] items = [.. Enumerable.Range(0, 5).Select(i => _memory.Upload(Filled(i), Shape, type))];
        using var batch = _memory.Allocate([5, 2, 3]);
        var before = _memory.HostBytes;

        _memory.Gather(items, batch);
        using var third = _memory.CopyItem(batch, 2, type);

        Assert.Equal(before, _memory.HostBytes);
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(Filled), Read(batch));
        Assert.Equal(Filled(2), Read(third));
        Array.ForEach(items, static item => item.Dispose());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void IsFinite_OneNumberThatIsNot_IsFoundInItsItemOnly(float odd)
    {
        using var batch = _memory.Upload([1, 2, float.MaxValue, float.MaxValue, odd, 6, 7, 8, -float.MaxValue], [3, 3]);
        Assert.True(_memory.IsFinite(batch, 0));
        Assert.False(_memory.IsFinite(batch, 1));
        Assert.True(_memory.IsFinite(batch, 2));
    }

    [Fact]
    public void Dispose_WhileSomebodyHoldsIt_FreesWhenTheLastHasReleased()
    {
        var tensor = _memory.Upload(Numbers, Shape);
        tensor.Hold();
        tensor.Dispose();
        Assert.False(tensor.IsFreed);
        Assert.Equal(24, _memory.UsedBytes);
        Assert.Equal(Numbers, Read(tensor));

        tensor.Release();

        Assert.True(tensor.IsFreed);
        Assert.Equal(0, _memory.UsedBytes);
        Assert.Throws<ObjectDisposedException>(tensor.Hold);
        Assert.Throws<ObjectDisposedException>(() => tensor.View());
    }

    [Fact]
    public void Dispose_OfTheMemoryBeforeItsTensors_LeavesThemUsableUntilTheyGo()
    {
        var other = new DeviceTensors(ModelFixture.Services.Device, new OnnxOptions());
        var tensor = other.Upload(Numbers, Shape);

        other.Dispose();

        using (var view = tensor.View())
        {
            Assert.Equal(Numbers, view.GetTensorDataAsSpan<float>().ToArray());
        }

        tensor.Dispose();
        Assert.Equal(0, other.UsedBytes);
    }

    public void Dispose() => _memory.Dispose();

    private static float[] Filled(int value) => [.. Enumerable.Range(0, 6).Select(i => (value * 10f) + i)];

    private float[] Read(DeviceTensor tensor)
    {
        var numbers = new float[tensor.Length];
        _memory.Download(tensor, numbers);
        return numbers;
    }
}
