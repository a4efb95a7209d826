using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VisionCluster.Contracts.Errors;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.Inference.Batching;
using VisionCluster.Inference.Catalog;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Embeddings;
using VisionCluster.Inference.Models;
using VisionCluster.Inference.Onnx;
using VisionCluster.Inference.Tests.Models;

namespace VisionCluster.Inference.Tests.Devices;

public sealed class DeviceHostTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _empty = Directory.CreateTempSubdirectory("visioncluster-");
    private readonly List<FakeModel> _made = [];
    private DeviceHost? _host;

    private DeviceHost Host => _host!;

    public async Task InitializeAsync()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var catalog = new ModelCatalogOptions();
        catalog.Directories.Add(_empty.FullName);
        var services = new DeviceServices(
            new ModelCatalog(Options.Create(catalog)), new OnnxOptions(), new DeviceOptions { RebuildDelaySeconds = 0.1 }, new TenantWeights(),
            new BatchingInstruments(meters), new EmbeddingInstruments(meters), TimeProvider.System, NullLogger<DeviceHost>.Instance)
        {
            CreateModel = (folder, model) => Create(folder, model),
        };
        _host = new DeviceHost(new OnnxDevice(AcceleratorKind.Cpu, 0), services, "test");
        await _host.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        _empty.Delete(recursive: true);
    }

    [Fact]
    public async Task Load_NewVersionUnderLoad_NoCallFailsAndTheOldVersionIsFreed()
    {
        await Host.LoadAsync(Version("1"), default);
        using var stopping = new CancellationTokenSource();
        var calls = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stopping.IsCancellationRequested)
            {
                using var hold = Host.Hold<FakeModel>(ModelFamily.Clip, null);
                await Task.Yield();
                Assert.False(hold.Model.Stopped);
                Interlocked.Increment(ref calls);
            }
        })).ToArray();
        for (var version = 2; version < 40; version++)
        {
            await Host.LoadAsync(Version($"{version}"), default);
        }

        await stopping.CancelAsync();
        await Task.WhenAll(callers).WaitAsync(Limit);
        Assert.True(calls > 0);
        Assert.All(_made.SkipLast(1), model => Assert.True(model.Stopped));
        Assert.Equal("39", Host.Status("").Models.Single().Version);
    }

    [Fact]
    public async Task Load_VersionThatCannotWarmUp_TheOldOneServesOn()
    {
        await Host.LoadAsync(Version("1"), default);
        await Assert.ThrowsAsync<InvalidDataException>(() => Host.LoadAsync(Version("bad"), default));
        using var hold = Host.Hold<FakeModel>(ModelFamily.Clip, "reference");
        Assert.Equal("1", hold.Model.Manifest.Version);
        Assert.True(_made[1].Stopped);
    }

    [Fact]
    public async Task Unload_WhileACallHoldsTheModel_WaitsForIt()
    {
        await Host.LoadAsync(Version("1"), default);
        var hold = Host.Hold<FakeModel>(ModelFamily.Clip, null);
        var unloading = Host.UnloadAsync("reference");
        Assert.False(hold.Model.Stopped);
        hold.Dispose();
        Assert.True(await unloading.WaitAsync(Limit));
        Assert.True(_made[0].Stopped);
        Assert.Equal(VisionErrorCode.ModelNotFound, Assert.Throws<VisionException>(() => Host.Hold<FakeModel>(ModelFamily.Clip, null)).Code);
    }

    [Fact]
    public async Task DeviceLost_UntilItIsRebuilt_TakesNoWorkAndSaysWhenToComeBack()
    {
        await Host.LoadAsync(Version("1"), default);
        _made[0].Services.Batching.DeviceLost(new DeviceLostException("gone"));
        if (Host.State == DeviceState.Quarantined)
        {
            var error = Assert.Throws<VisionException>(() => Host.Hold<FakeModel>(ModelFamily.Clip, null));
            Assert.Equal(VisionErrorCode.DeviceFailed, error.Code);
            Assert.NotNull(error.RetryAfter);
        }

        Assert.True(SpinWait.SpinUntil(() => Host.State == DeviceState.Ready && _made[0].Stopped, Limit));
    }

    private static ModelFolder Version(string version)
    {
        var folder = ModelFixture.Folder(Path.GetTempPath(), ModelFamily.Clip, ModelFixture.ClipImage);
        return folder with { Manifest = folder.Manifest with { Version = version } };
    }

    private FakeModel Create(ModelFolder folder, ModelServices services)
    {
        var model = new FakeModel(folder, services);
        _made.Add(model);
        return model;
    }
}
