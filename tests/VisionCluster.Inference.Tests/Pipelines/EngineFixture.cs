using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Contracts.Sessions;
using VisionCluster.Contracts.Tenancy;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Pipelines;
using VisionCluster.Inference.Sources;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Pipelines;

/// <summary>The engine of one device with one SAM model, whose pictures are files.</summary>
internal sealed class EngineFixture : IImageBytes, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vision").FullName;
    private readonly Dictionary<ImageKey, byte[]> _images = [];
    private readonly ServiceProvider _services;

    private EngineFixture(string encoder, string decoder)
    {
        var model = Directory.CreateDirectory(Path.Combine(_folder, "reference")).FullName;
        File.Copy(encoder, Path.Combine(model, "encoder.onnx"));
        File.Copy(decoder, Path.Combine(model, "decoder.onnx"));
        var manifest = ModelFixture.Folder(
            model, ModelFamily.Sam, ModelFixture.SamImage, ("imageEncoder", "encoder.onnx"), ("maskDecoder", "decoder.onnx")).Manifest;
        File.WriteAllText(
            Path.Combine(model, ManifestReader.FileName), JsonSerializer.Serialize(manifest, JsonSerializerOptions.Web));
        _services = new ServiceCollection().AddLogging().AddMetrics()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                new Dictionary<string, string?> { ["Vision:Models:Directories:0"] = _folder }).Build())
            .AddSingleton<IImageBytes>(this)
            .AddSingleton(new LocalDevices([new OnnxDevice(AcceleratorKind.Cpu, 0)]))
            .AddVisionInference()
            .BuildServiceProvider();
    }

    public VisionEngine Engine => _services.GetRequiredService<VisionEngines>()["cpu0"];

    public static async Task<EngineFixture> StartAsync(string encoder, string decoder)
    {
        var fixture = new EngineFixture(encoder, decoder);
        await fixture._services.GetRequiredService<DeviceHosts>().StartAsync(CancellationToken.None);
        return fixture;
    }

    public ImageReference Add(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = new VipsImageCodec(new ImageLimits()).ReadHeader(bytes);
        var key = ImageKey.FromDigest(TenantId.Default, System.Security.Cryptography.SHA256.HashData(bytes));
        _images[key] = bytes;
        return new ImageReference(key, header.Width, header.Height);
    }

    public ValueTask<ImageContent?> ReadAsync(ImageKey key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_images.TryGetValue(key, out var bytes) ? new ImageContent(bytes) : null);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
