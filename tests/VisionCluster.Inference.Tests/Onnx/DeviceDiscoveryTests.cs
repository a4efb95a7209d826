using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tests.Onnx;

/// <summary>On a build for processors, as tests run on.</summary>
public sealed class DeviceDiscoveryTests
{
    [Fact]
    public void Find_NothingAskedFor_IsTheCpuWithoutARemark()
    {
        var remarks = new List<string>();
        Assert.Equal([new OnnxDevice(AcceleratorKind.Cpu, 0)], DeviceDiscovery.Find(new OnnxOptions(), remarks));
        Assert.Empty(remarks);
    }

    [Fact]
    public void Find_TensorRtThatIsNotThere_SaysSoAndDoesWithout()
    {
        var (options, remarks) = (new OnnxOptions { UseTensorRt = true }, new List<string>());
        Assert.Equal([new OnnxDevice(AcceleratorKind.Cpu, 0)], DeviceDiscovery.Find(options, remarks));
        Assert.Contains("-p:Accelerator=cuda", Assert.Single(remarks), StringComparison.Ordinal);
        Assert.False(options.UseTensorRt);
    }
}
