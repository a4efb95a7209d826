using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Stages;

namespace VisionCluster.Inference.Tests.Models;

/// <summary>What a model needs, on the CPU.</summary>
internal static class ModelFixture
{
    private static readonly IMeterFactory Meters =
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static BatchingEnvironment Environment { get; } =
        new(TimeProvider.System, static _ => 1, new BatchingInstruments(Meters), static _ => { });

    public static ModelServices Services { get; } =
        new(new OnnxDevice(AcceleratorKind.Cpu, 0), new OnnxOptions(), Environment);

    public static InferenceCall Call { get; } = InferenceCall.Begin(
        TenantId.Default, CallOptions.Default, TimeProvider.System, new StageInstruments(Meters), "test", CancellationToken.None);

    public static ModelFolder Folder(
        string directory, ModelFamily family, ImagePreprocessing image, params (string Role, string Path)[] files) =>
        new(directory, new ModelManifest
        {
            Name = "reference",
            Family = family,
            Version = "1",
            Image = image,
            Files = files.ToDictionary(file => file.Role, file => new ModelFile(file.Path)),
        });

    public static ImagePreprocessing SamImage { get; } = new()
    {
        Size = 1024,
        Resize = ResizeMode.LongestSidePad,
        Interpolation = Interpolation.Bilinear,
        Mean = new float[] { 123.675f, 116.28f, 103.53f },
        Std = new float[] { 58.395f, 57.12f, 57.375f },
        Range = 255,
    };

    public static ImagePreprocessing ClipImage { get; } = new()
    {
        Size = 224,
        Resize = ResizeMode.ShortestSideCrop,
        Interpolation = Interpolation.Bicubic,
        Mean = new float[] { 0.48145466f, 0.4578275f, 0.40821073f },
        Std = new float[] { 0.26862954f, 0.26130258f, 0.27577711f },
        Range = 1,
    };
}
