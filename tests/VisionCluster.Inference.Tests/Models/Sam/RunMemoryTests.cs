using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Onnx;

namespace VisionCluster.Inference.Tests.Models.Sam;

public sealed class RunMemoryTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Load_Option_KeepsTheDecodersRunMemoryUnlessToldNotTo(bool? option, bool kept)
    {
        var services = ModelFixture.Services with { Onnx = new OnnxOptions { KeepRunMemory = option } };
        await using var model = new SamModel(ManifestReader.Read(TinySam2.Meta), services);
        Assert.Equal(kept, model.KeepsRunMemory);
    }
}
