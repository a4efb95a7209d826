using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Models.Sam;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Onnx;

namespace VisionCluster.Inference.Tests.Models.Sam;

public sealed class RunMemoryTests
{
    [Theory]
    [InlineData(64, null, false)]
    [InlineData(1024, null, true)]
    [InlineData(64, true, true)]
    [InlineData(1024, false, false)]
    public async Task Load_PictureOfASize_KeepsTheDecodersRunMemoryWhereItIsLargeUnlessTold(int size, bool? option, bool kept)
    {
        var folder = ManifestReader.Read(TinySam2.Meta);
        var services = ModelFixture.Services with { Onnx = new OnnxOptions { KeepRunMemory = option } };
        // The size is only what the manifest says: no picture is encoded but the blank one, in the graph's own size.
        var manifest = folder.Manifest with { Image = folder.Manifest.Image with { Size = size } };
        if (size != TinySam2.Size)
        {
            using var graph = new OnnxGraph(folder.PathOf("maskDecoder"), services.Device, services.Onnx, SamModel.HasLargeMaps(manifest));
            Assert.Equal(kept, graph.KeepsRunMemory);
            return;
        }

        await using var model = new SamModel(folder with { Manifest = manifest }, services);
        Assert.Equal(kept, model.KeepsRunMemory);
    }
}
