using VisionCluster.Contracts.Errors;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Models.Proposals;
using VisionCluster.Inference.Onnx;
using VisionCluster.TestKit.Onnx;

namespace VisionCluster.Inference.Tests.Models.Proposals;

/// <summary>The signatures of Faster R-CNN exports, on graphs that tell what they were given.</summary>
public sealed class ProposalModelTests : IDisposable
{
    private const int Width = 200;
    private const int Height = 100;
    private static readonly ImagePreprocessing Zoo = new()
    {
        Size = 80,
        MaxSide = 133,
        Resize = ResizeMode.ShortestSide,
        PadMultiple = 32,
        Channels = ChannelOrder.Bgr,
        Mean = [122.7717f, 115.9465f, 102.9801f],
        Std = [100, 100, 100],
        Range = 255,
    };

    private static readonly ImagePreprocessing Torchvision = Zoo with { PadMultiple = 1, Channels = ChannelOrder.Rgb, Mean = [0, 0, 0], Std = [1, 1, 1], Range = 1 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("visioncluster-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Detect_ZooExport_GetsBlueFirstMinusMeansPaddedAndItsBoxesComeBackInPixels()
    {
        TinyDetectors.SaveZoo(Path.Combine(_folder.FullName, "detector.onnx"));
        var found = await DetectAsync(Zoo, Picture(red: 10, blue: 250));
        // The long side sets the scale: 133 x 67 (66.5 up), padded to 160 x 96. The second anchor is suppressed.
        Assert.Equal(2, found.Boxes.Length);
        Assert.Equal(0.1 * 160 * Width / 133, found.Boxes[0].X0, 1e-3);
        Assert.Equal(0.5 * 96 * Height / 67, found.Boxes[0].Y1, 1e-3);
        // The first channel is blue; zeros of the padding are in the mean.
        var mean = (250 - 102.9801) / 100 * (133 * 67) / (160d * 96);
        Assert.Equal(Logit(mean), found.Objectness[0], 1e-2);
        Assert.Equal(Logit(0.4), found.Objectness[1], 1e-4);
    }

    [Fact]
    public async Task Detect_TorchvisionExport_GetsRedFirstFromZeroToOne()
    {
        TinyDetectors.SaveTorchvision(Path.Combine(_folder.FullName, "detector.onnx"));
        var found = await DetectAsync(Torchvision, Picture(red: 204, blue: 0));
        Assert.Equal(2, found.Boxes.Length);
        Assert.Equal(0.5 * Width, found.Boxes[0].X1, 1e-3);
        Assert.Equal(0.25 * Height, found.Boxes[1].Y0, 1e-3);
        Assert.Equal(Logit(0.8), found.Objectness[0], 1e-3);
    }

    [Fact]
    public async Task Detect_BoxBelowTheExportsThreshold_FewerBoxesComeOut()
    {
        TinyDetectors.SaveTorchvision(Path.Combine(_folder.FullName, "detector.onnx"));
        Assert.Equal(2, (await DetectAsync(Torchvision, Picture(red: 0, blue: 0))).Boxes.Length);
        await using var model = Load(Torchvision);
        await model.WarmUpAsync(default);
    }

    [Fact]
    public void Create_GraphOfAnotherSignature_SaysWhatIsWanted()
    {
        new OnnxModelWriter().Input("image", 3, -1, -1).Node("Relu", ["image"], ["out"]).Output("out", false, 3, -1, -1)
            .Save(Path.Combine(_folder.FullName, "detector.onnx"));
        var error = Assert.Throws<VisionException>(() => Load(Zoo));
        Assert.Equal(VisionErrorCode.ModelUnavailable, error.Code);
        Assert.Contains("[n, 4]", error.Message, StringComparison.Ordinal);
    }

    private static double Logit(double p) => Math.Log(p / (1 - p));

    private static RgbImage Picture(byte red, byte blue) =>
        new(Width, Height, [.. Enumerable.Range(0, Width * Height).SelectMany(_ => (byte[])[red, 0, blue])]);

    private ProposalModel Load(ImagePreprocessing image) => (ProposalModel)ModelFactory.Create(
        ModelFixture.Folder(_folder.FullName, ModelFamily.Proposals, image, ("detector", "detector.onnx")), ModelFixture.Services);

    private async Task<ProposalSet> DetectAsync(ImagePreprocessing image, RgbImage picture)
    {
        await using var model = Load(image);
        return await model.DetectAsync(picture, ModelFixture.Call);
    }
}
