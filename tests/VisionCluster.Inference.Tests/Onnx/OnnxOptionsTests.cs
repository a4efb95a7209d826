using System.ComponentModel.DataAnnotations;
using VisionCluster.Inference.Onnx;

namespace VisionCluster.Inference.Tests.Onnx;

public sealed class OnnxOptionsTests
{
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, true, false)]
    public void Validate_CudaGraphsBesideTensorRt_Refuses(bool graphs, bool tensorRt, bool valid)
    {
        var options = new OnnxOptions { CudaGraphs = graphs, UseTensorRt = tensorRt };

        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true));
    }

    [Fact]
    public void Settings_OfAGraphThatRecords_SayIt()
    {
        Assert.Equal("1", CudaProviders.Settings(0, new OnnxOptions(), records: true)["enable_cuda_graph"]);
        Assert.False(CudaProviders.Settings(0, new OnnxOptions { CudaGraphs = true }).ContainsKey("enable_cuda_graph"));
    }
}
