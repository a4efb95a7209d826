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

/// <summary>The engine of one device with one SAM model.</summary>
internal sealed class EngineFixture : IImageBytes, IAsyncDisposable
{
    private readonly DirectoryInfo? _folder;
    private readonly Dictionary<ImageKey, byte[]> _images = [];
    private readonly ServiceProvider _services;

    private EngineFixture(params IEnumerable<(string Key, string Value)> settings) =>
        _services = new ServiceCollection().AddLogging().AddMetrics()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build())
            .AddSingleton<IImageBytes>(this)
            .AddSingleton(new LocalDevices([new OnnxDevice(AcceleratorKind.Cpu, 0)]))
            .AddVisionInference()
            .BuildServiceProvider();

    private EngineFixture(DirectoryInfo folder)
        : this(("Vision:Models:Directories:0", folder.FullName)) => _folder = folder;

    public VisionEngine Engine => _services.GetRequiredService<VisionEngines>()["cpu0"];

    /// <summary>With a SAM model of two files.</summary>
    public static async Task<EngineFixture> StartAsync(string encoder, string decoder)
    {
        var folder = Directory.CreateTempSubdirectory("vision");
        var model = folder.CreateSubdirectory("reference").FullName;
        File.Copy(encoder, Path.Combine(model, "encoder.onnx"));
        File.Copy(decoder, Path.Combine(model, "decoder.onnx"));
        var manifest = ModelFixture.Folder(
            model, ModelFamily.Sam, ModelFixture.SamImage, ("imageEncoder", "encoder.onnx"), ("maskDecoder", "decoder.onnx")).Manifest;
        File.WriteAllText(
            Path.Combine(model, ManifestReader.FileName), JsonSerializer.Serialize(manifest, JsonSerializerOptions.Web));
        var fixture = new EngineFixture(folder);
        await fixture._services.GetRequiredService<DeviceHosts>().StartAsync(CancellationToken.None);
        return fixture;
    }

    /// <summary>With starter-sam and settings.</summary>
    public static async Task<EngineFixture> StartAsync(params IEnumerable<(string Key, string Value)> settings)
    {
        var fixture = new EngineFixture([("Vision:Models:Load:0", "starter-sam"), .. settings]);
        await fixture._services.GetRequiredService<DeviceHosts>().StartAsync(CancellationToken.None);
        return fixture;
    }

    public ImageReference Add(string path) => Add(File.ReadAllBytes(path));

    public ImageReference Add(byte[] bytes)
    {
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
        _folder?.Delete(recursive: true);
    }
}
